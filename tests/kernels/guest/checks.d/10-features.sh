# SPDX-License-Identifier: BSD-2-Clause
# What the tap is built of, tried one by one without skwatch.

# Its own lines are the results; its status only repeats them.
features || [ $? -eq 1 ]
[ "${SKW_ALONE:-}" != yes ] || check "nothing of it stays loaded" left

# SPDX-License-Identifier: BSD-2-Clause
# The kernel features that the tap uses, each tried without skwatch.

# The program prints the results itself, and its status only repeats them.
features || [ $? -eq 1 ]
[ "${SKW_ALONE:-}" != yes ] || check "nothing of it stays loaded" left

# SPDX-License-Identifier: BSD-2-Clause
# The programs under bpf/, as they are compiled: if one is refused, the log is here.

verify /bpf/*.o || [ $? -eq 1 ]

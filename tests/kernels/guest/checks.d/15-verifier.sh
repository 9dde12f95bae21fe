# SPDX-License-Identifier: BSD-2-Clause
# The verifier accepts the programs under bpf/ as they are compiled. If not, its log is printed.

verify /bpf/*.o || [ $? -eq 1 ]

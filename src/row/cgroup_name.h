/* SPDX-License-Identifier: BSD-2-Clause */
/* Short names of cgroups, as people use them. */
#ifndef SKW_ROW_CGROUP_NAME_H
#define SKW_ROW_CGROUP_NAME_H

/*
 * The name of the cgroup with this path. It is the first 12 digits of a container's id (docker,
 * containerd, cri-o, podman), or "pod" and the uid of a Kubernetes pod, or a systemd unit, scope or
 * slice ("nginx.service"), or else the last part of the path. Returns out, which holds
 * SKW_CGROUP_NAME_SIZE.
 */
#define SKW_CGROUP_NAME_SIZE 64
const char *skw_cgroup_name_of(char *out, const char *path);

#endif

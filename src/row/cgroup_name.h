/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person calls a cgroup. */
#ifndef SKW_ROW_CGROUP_NAME_H
#define SKW_ROW_CGROUP_NAME_H

/*
 * The name of the cgroup with this path: "nginx.service" (a systemd unit, scope or slice), the
 * first 12 digits of a container's id (docker, containerd, cri-o, podman), "pod" and the uid of a
 * Kubernetes pod where no container is told, otherwise the last part of the path. Returns out,
 * which holds SKW_CGROUP_NAME_SIZE.
 */
#define SKW_CGROUP_NAME_SIZE 64
const char *skw_cgroup_name_of(char *out, const char *path);

#endif

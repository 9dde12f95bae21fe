// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/pins.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/clock.h"

#define META         "meta"
#define META_VERSION 1

static const char *dir_or_default(const char *dir)
{
	return dir ? dir : SKW_PINS_DIR;
}

static bool is_bpffs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == BPF_FS_MAGIC;
}

/* The folder above `path`, which need not exist. */
static void parent_of(const char *path, char parent[PATH_MAX])
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len && path[len - 1] != '/')
		len--;
	while (len > 1 && path[len - 1] == '/')
		len--;
	snprintf(parent, PATH_MAX, "%.*s", len ? (int)len : 1, len ? path : ".");
}

/* Whether `dir` is in a BPF file system, or can be made in one. */
static int check_dir(const char *dir, struct skw_error *err)
{
	char parent[PATH_MAX];

	if (strlen(dir) + SKW_PIN_NAME_MAX + 64 > PATH_MAX)
		return skw_error_usage(err, "--bpffs: the name is too long");
	parent_of(dir, parent);
	errno = 0;
	if (is_bpffs(dir) || (access(dir, F_OK) < 0 && errno == ENOENT && is_bpffs(parent)))
		return 0;
	if (errno && errno != ENOENT)
		return skw_error_usage(err, "%s: %s", dir, strerror(errno));
	return skw_error_usage(
		err, "%s is not in a BPF file system; mount one: skwatch list --mount%s%s", dir,
		strcmp(dir, SKW_PINS_DIR) ? " --bpffs " : "", strcmp(dir, SKW_PINS_DIR) ? dir : "");
}

/* The kernel refuses names with a dot in a BPF file system, because they are kept for itself. */
static bool is_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-";
	size_t len = strlen(name);

	return len && len <= SKW_PIN_NAME_MAX && name[0] != '-' && strspn(name, letters) == len;
}

static int check_name(const char *name, struct skw_error *err)
{
	if (is_name(name))
		return 0;
	return skw_error_usage(err,
			       "%s: a name has letters, digits, _ and -, at most %d, and does not "
			       "begin with -",
			       name[0] ? name : "\"\"", SKW_PIN_NAME_MAX);
}

static void set_path(struct skw_pin *pin, const char *dir, const char *name)
{
	snprintf(pin->name, sizeof(pin->name), "%.*s", SKW_PIN_NAME_MAX, name);
	snprintf(pin->path, sizeof(pin->path), "%s/%s", dir, name);
}

int skw_pins_check(const char *dir, const char *name, struct skw_error *err)
{
	struct skw_pin pin;
	int ret = check_name(name, err);

	dir = dir_or_default(dir);
	if (!ret)
		ret = check_dir(dir, err);
	if (ret)
		return ret;
	set_path(&pin, dir, name);
	if (access(pin.path, F_OK) == 0)
		return skw_error_usage(err,
				       "%s is there already: skwatch list shows it, and "
				       "skwatch detach %s removes it",
				       pin.path, name);
	return errno == ENOENT ? 0 : skw_error_usage(err, "%s: %s", pin.path, strerror(errno));
}

static int object_path(const struct skw_pin *pin, const char *object, char path[PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%s/%s", pin->path, object);

	return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int skw_pins_put(const struct skw_pin *pin, const char *object, int fd, struct skw_error *err)
{
	char path[PATH_MAX];
	int ret = object_path(pin, object, path);

	if (!ret && bpf_obj_pin(fd, path))
		ret = -errno;
	return ret ? skw_error_set(err, ret, "pinning %s: %s", path, skw_error_why(ret)) : 0;
}

static int put_meta(struct skw_pin *pin, struct skw_error *err)
{
	const __u32 key = 0;
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "skw_meta", sizeof(key), sizeof(pin->meta), 1,
				NULL);

	if (fd < 0)
		return skw_error_set(err, -errno, "BPF: making the map of the pin: %s",
				     skw_error_why(-errno));
	pin->meta.version = META_VERSION;
	pin->meta.since_ns = skw_clock_real_ns();
	int ret = bpf_map_update_elem(fd, &key, &pin->meta, BPF_ANY) ? -errno : 0;
	if (ret)
		skw_error_set(err, ret, "BPF: filling the map of the pin: %s", skw_error_why(ret));
	else
		ret = skw_pins_put(pin, META, fd, err);
	close(fd);
	return ret;
}

int skw_pins_create(const char *dir, const char *name, const struct skw_pin_meta *meta,
		    struct skw_pin *out, struct skw_error *err)
{
	int ret = skw_pins_check(dir, name, err);

	if (ret)
		return ret;
	dir = dir_or_default(dir);
	set_path(out, dir, name);
	out->meta = *meta;
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return skw_error_set(err, -errno, "%s: %s", dir, strerror(errno));
	if (mkdir(out->path, 0700) < 0)
		return skw_error_set(err, -errno, "%s: %s", out->path, strerror(errno));
	ret = put_meta(out, err);
	if (ret)
		skw_pins_remove(out, NULL);
	return ret;
}

int skw_pins_get(const struct skw_pin *pin, const char *object)
{
	char path[PATH_MAX];
	int ret = object_path(pin, object, path);

	if (ret)
		return ret;
	int fd = bpf_obj_get(path);
	return fd < 0 ? -errno : fd;
}

int skw_pins_get_map(const struct skw_pin *pin, const char *object, uint32_t type,
		     size_t value_size)
{
	SKW_AUTO_FD int fd = skw_pins_get(pin, object);
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info);

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	return info.type == type && info.value_size == value_size ? SKW_TAKE_FD(fd) : -EINVAL;
}

static int read_meta(struct skw_pin *pin)
{
	SKW_AUTO_FD int fd =
		skw_pins_get_map(pin, META, BPF_MAP_TYPE_ARRAY, sizeof(struct skw_pin_meta));
	const __u32 key = 0;

	if (fd < 0)
		return fd == -ENOENT && access(pin->path, F_OK) == 0 ? -EINVAL : fd;
	if (bpf_map_lookup_elem(fd, &key, &pin->meta))
		return -errno;
	pin->meta.kind[sizeof(pin->meta.kind) - 1] = '\0';
	pin->meta.where[sizeof(pin->meta.where) - 1] = '\0';
	pin->meta.what[sizeof(pin->meta.what) - 1] = '\0';
	return pin->meta.version == META_VERSION ? 0 : -EINVAL;
}

int skw_pins_open(const char *dir, const char *name, struct skw_pin *out, struct skw_error *err)
{
	int ret = check_name(name, err);

	dir = dir_or_default(dir);
	if (!ret)
		ret = check_dir(dir, err);
	if (ret)
		return ret;
	set_path(out, dir, name);
	ret = read_meta(out);
	if (ret == -ENOENT)
		return skw_error_usage(err,
				       "%s: nothing is pinned under this name in %s; skwatch "
				       "list shows what is",
				       name, dir);
	if (ret == -EINVAL)
		return skw_error_usage(
			err,
			"%s was not made by this version of skwatch; rm -r removes it, and "
			"what it has attached",
			out->path);
	return ret ? skw_error_set(err, ret, "%s: %s", out->path, skw_error_why(ret)) : 0;
}

static int is_shown(const struct dirent *entry)
{
	return is_name(entry->d_name);
}

int skw_pins_each(const char *dir, int (*each)(void *ctx, const struct skw_pin *pin), void *ctx,
		  struct skw_error *err)
{
	struct dirent **list;
	int ret;

	dir = dir_or_default(dir);
	ret = check_dir(dir, err);
	if (ret)
		return ret;
	int n = scandir(dir, &list, is_shown, alphasort);
	if (n < 0)
		return errno == ENOENT ? 0
				       : skw_error_set(err, -errno, "%s: %s", dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		struct skw_pin pin = { 0 };

		set_path(&pin, dir, list[i]->d_name);
		if (read_meta(&pin))
			pin.meta = (struct skw_pin_meta){ .kind = "?" };
		ret = ret ? ret : each(ctx, &pin);
		free(list[i]);
	}
	free(list);
	return ret;
}

/*
 * A command that still runs holds the link as well, and then it would work on without its file.
 * A kind of link that can't be detached ends with the last of those that have it.
 */
static void detach_link(const struct skw_pin *pin, const char *object)
{
	SKW_AUTO_FD int fd = skw_pins_get(pin, object);

	if (fd >= 0)
		(void)bpf_link_detach(fd);
}

/* Links go before maps: nothing may run any more when the maps go. */
static bool is_link(const struct dirent *entry)
{
	return strncmp(entry->d_name, "link", strlen("link")) == 0;
}

static int remove_objects(const struct skw_pin *pin, bool links)
{
	DIR *dir = opendir(pin->path);
	const struct dirent *entry;
	char path[PATH_MAX];
	int ret = 0;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, META) == 0 ||
		    (links && !is_link(entry)))
			continue;
		int named = object_path(pin, entry->d_name, path);

		if (links)
			detach_link(pin, entry->d_name);
		if (named || unlink(path) < 0)
			ret = named ? named : -errno;
	}
	closedir(dir);
	return ret;
}

static int remove_meta(const struct skw_pin *pin)
{
	char path[PATH_MAX];
	int ret = object_path(pin, META, path);

	return !ret && unlink(path) < 0 && errno != ENOENT ? -errno : ret;
}

int skw_pins_remove(const struct skw_pin *pin, struct skw_error *err)
{
	int ret = remove_objects(pin, true);

	if (!ret)
		ret = remove_objects(pin, false);
	/* It goes last: with it, what could not be removed is found again. */
	if (!ret)
		ret = remove_meta(pin);
	if (!ret && rmdir(pin->path) < 0)
		ret = -errno;
	return ret ? skw_error_set(err, ret, "removing %s: %s", pin->path, strerror(-ret)) : 0;
}

/* A link of a cgroup or a namespace that has gone is there, but attached to nothing. */
bool skw_pins_is_attached(int link_fd)
{
	struct bpf_link_info info = { 0 };
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(link_fd, &info, &len))
		return false;
	switch (info.type) {
	case BPF_LINK_TYPE_CGROUP:
		return info.cgroup.cgroup_id != 0;
	case BPF_LINK_TYPE_NETNS:
		return info.netns.netns_ino != 0;
	default:
		return true;
	}
}

int skw_pins_count_links(const struct skw_pin *pin, struct skw_pin_links *out)
{
	DIR *dir = opendir(pin->path);
	const struct dirent *entry;

	*out = (struct skw_pin_links){ 0 };
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)) != NULL) {
		SKW_AUTO_FD int fd = is_link(entry) ? skw_pins_get(pin, entry->d_name) : -1;

		if (fd < 0)
			continue;
		out->links++;
		out->attached += skw_pins_is_attached(fd);
	}
	closedir(dir);
	return 0;
}

/* A file system that is mounted over a folder hides what is in it. */
static int make_mount_point(const char *path, struct skw_error *err)
{
	if (mkdir(path, 0700) == 0)
		return 0;
	if (errno != EEXIST)
		return skw_error_usage(err, "%s: %s", path, strerror(errno));
	if (rmdir(path) == 0 && mkdir(path, 0700) == 0)
		return 0;
	return skw_error_usage(err, "%s: %s; a BPF file system needs a folder that is new or empty",
			       path, strerror(errno));
}

int skw_pins_mount(const char *dir, struct skw_error *err)
{
	char parent[PATH_MAX];

	dir = dir_or_default(dir);
	parent_of(dir, parent);
	if (!is_bpffs(dir) && !is_bpffs(parent)) {
		/* The usual folder has its place in the usual mount, which other tools use, too. */
		const char *at = strcmp(dir, SKW_PINS_DIR) ? dir : parent;

		int ret = at == dir ? make_mount_point(at, err) : 0;

		if (ret)
			return ret;
		if (mount("bpf", at, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME,
			  "mode=700") < 0)
			return skw_error_set(err, -errno, "mounting a BPF file system at %s: %s",
					     at, strerror(errno));
	}
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return skw_error_set(err, -errno, "%s: %s", dir, strerror(errno));
	return 0;
}

// SPDX-License-Identifier: BSD-2-Clause
/* The table of commands, the global options, and the exit status. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "util/cleanup.h"
#include "util/error.h"
#include "util/say.h"

static const struct skw_command *const commands[] = {
	&skw_cmd_capture, &skw_cmd_messages, &skw_cmd_report,
#ifdef HAVE_BPF
	&skw_cmd_top,     &skw_cmd_events,   &skw_cmd_export, &skw_cmd_policy,  &skw_cmd_steer,
	&skw_cmd_adopt,   &skw_cmd_relay,    &skw_cmd_bypass, &skw_cmd_kill,    &skw_cmd_mark,
	&skw_cmd_list,    &skw_cmd_detach,   &skw_cmd_check,  &skw_cmd_origdst, &skw_cmd_extcap,
#endif
};

static int print_help(void)
{
	printf("Usage: skwatch [-V|--version] [-h|--help] COMMAND [OPTION...]\n"
	       "Shows what the network of this machine does.\n\nCommands:\n");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(commands); i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
	printf("\nskwatch COMMAND --help lists the options of a command. The manual is "
	       "skwatch-COMMAND(8).\n");
	return 0;
}

static int usage(const char *trouble, const char *word)
{
	skw_say("%s%s; see skwatch --help", word, trouble);
	return SKW_EXIT_USAGE;
}

static int run_command(const struct skw_command *command, int argc, char **argv)
{
	struct skw_error err = { 0 };
	int ret = command->run(argc, argv, &err);

	if (!ret)
		return err.status;
	skw_say("%s", err.text[0] ? err.text : skw_error_why(ret));
	return err.usage ? SKW_EXIT_USAGE : SKW_EXIT_FAILURE;
}

#ifdef HAVE_BPF
/* Wireshark gives no command, as it calls a link to the program, but it begins like this. */
static bool is_extcap(const char *word)
{
	return strncmp(word, "--extcap-", strlen("--extcap-")) == 0 ||
	       strcmp(word, "--capture") == 0;
}
#endif

static int run(int argc, char **argv)
{
	if (argc < 2)
		return usage("no command given", "");
	const char *word = argv[1];

	if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0) {
		printf("skwatch %s\n", PACKAGE_VERSION);
		return 0;
	}
	if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
		return print_help();
#ifdef HAVE_BPF
	if (is_extcap(word)) {
		static char name[] = "extcap";

		argv[0] = name;
		return run_command(&skw_cmd_extcap, argc, argv);
	}
#endif
	if (word[0] == '-')
		return usage(": no such option", word);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(commands); i++)
		if (strcmp(word, commands[i]->name) == 0)
			return run_command(commands[i], argc - 1, argv + 1);
	return usage(": no such command", word);
}

/* If a standard descriptor is closed, a file that is opened later must not take its number. */
static void fill_standard_descriptors(void)
{
	int fd;

	do {
		/*
		 * It is open for reading only, so that writing to a closed standard output fails.
		 */
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	fill_standard_descriptors();
	/* Writing to a closed pipe must fail with an error, so that a message is printed. */
	signal(SIGPIPE, SIG_IGN);

	int status = run(argc, argv);

	/*
	 * The last output of printf() can still fail, for example on a full disk or a closed pipe.
	 */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (status == 0)
			skw_say("standard output: %m");
		return status ? status : SKW_EXIT_FAILURE;
	}
	return status;
}

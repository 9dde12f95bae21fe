/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets of MySQL and MariaDB: numbers, states, and what a connection is recognised by. */
#ifndef SKW_MESSAGE_APP_MYSQL_WIRE_H
#define SKW_MESSAGE_APP_MYSQL_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "message/recogniser.h"
#include "util/bytes.h"

enum {
	SKW_MYSQL_HEADER = 4,      /* three bytes of length, and a number */
	SKW_MYSQL_LONG = 0xffffff, /* a length that says that another packet goes on */
};

enum skw_mysql_command {
	SKW_MYSQL_QUIT = 1,
	SKW_MYSQL_QUERY = 3,
	SKW_MYSQL_FIELD_LIST = 4,
	SKW_MYSQL_STATISTICS = 9,
	SKW_MYSQL_PROCESS_INFO = 10,
	SKW_MYSQL_CHANGE_USER = 0x11,
	SKW_MYSQL_BINLOG_DUMP = 0x12,
	SKW_MYSQL_PREPARE = 0x16,
	SKW_MYSQL_EXECUTE = 0x17,
	SKW_MYSQL_LONG_DATA = 0x18,
	SKW_MYSQL_CLOSE = 0x19,
	SKW_MYSQL_FETCH = 0x1c,
	SKW_MYSQL_BINLOG_DUMP_GTID = 0x1e,
	SKW_MYSQL_BULK_EXECUTE = 0xfa, /* MariaDB */
	SKW_MYSQL_LOGIN = 0x100,       /* no command */
};

/* NULL: there is none with this number. */
const char *skw_mysql_command_name(uint8_t command);

/* A number of 1 to 9 bytes at *at, which moves behind it. False: it is not whole. */
bool skw_mysql_wire_number(struct skw_bytes b, uint32_t *at, uint64_t *value);

/* The flags of the server's state, of an OK packet or one that ends rows. */
uint16_t skw_mysql_wire_ok_flags(struct skw_bytes packet);
uint16_t skw_mysql_wire_eof_flags(struct skw_bytes packet);

/* The SQL of a COM_QUERY, behind its attributes. */
struct skw_bytes skw_mysql_wire_query(struct skw_bytes packet);

/* A packet that certainly is a command, with its header. */
enum skw_recogniser_verdict skw_mysql_wire_is_request(struct skw_bytes b);

enum skw_recogniser_verdict skw_mysql_wire_probe(const struct skw_recogniser_probe *p);

#endif

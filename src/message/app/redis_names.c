// SPDX-License-Identifier: BSD-2-Clause
#include "message/app/redis_names.h"

#include <string.h>

#include "message/app/redis_value.h"
#include "message/app/words.h"

#define ARGUMENTS_MAX                                                                              \
	(1 << 20) /* of a request that is taken for one where it may begin anywhere                \
		   */

const char skw_redis_names_errors[] =
	"ERR MOVED ASK WRONGTYPE NOAUTH NOPERM WRONGPASS NOSCRIPT OOM READONLY LOADING BUSY "
	"BUSYKEY "
	"BUSYGROUP NOGROUP UNKILLABLE NOTBUSY MISCONF MASTERDOWN NOREPLICAS EXECABORT CLUSTERDOWN "
	"CROSSSLOT TRYAGAIN INPROG NOGOODSLAVE NOGOODREPLICA IOERR NOPROTO DENIED UNBLOCKED "
	"NOMASTERLINK INVALIDOBJ NOTREADY NOQUORUM DUP NAMESPACE ";
const char skw_redis_names_simple[] = "OK QUEUED PONG ";
const char skw_redis_names_secret[] = "AUTH HELLO ACL CONFIG MIGRATE SENTINEL ";
const char skw_redis_names_subscribe[] =
	"SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE ";
const char skw_redis_names_confirm[] =
	"subscribe psubscribe ssubscribe unsubscribe punsubscribe sunsubscribe ";
const char skw_redis_names_pushes[] = "message pmessage smessage invalidate ";

/* Where it is not certain which end asks, only these are taken for a request. */
static const char common[] =
	"GET SET DEL MGET MSET SETEX PSETEX SETNX GETSET GETDEL GETEX GETRANGE SETRANGE STRLEN "
	"APPEND "
	"INCR INCRBY INCRBYFLOAT DECR DECRBY EXISTS EXPIRE EXPIREAT PEXPIRE TTL PTTL PERSIST TYPE "
	"KEYS SCAN UNLINK RENAME HGET HSET HMGET HMSET HGETALL HDEL HEXISTS HKEYS HVALS HLEN HSCAN "
	"HINCRBY HSETNX LPUSH RPUSH LPOP RPOP LRANGE LLEN LREM LTRIM LINDEX LSET LMOVE BLPOP BRPOP "
	"BLMOVE BRPOPLPUSH RPOPLPUSH SADD SREM SMEMBERS SISMEMBER SCARD SPOP SSCAN SINTER SUNION "
	"SDIFF ZADD ZREM ZRANGE ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ZREMRANGEBYSCORE ZCARD "
	"ZCOUNT ZSCORE ZINCRBY ZRANK ZSCAN ZPOPMIN ZPOPMAX BZPOPMIN XADD XREAD XREADGROUP XACK "
	"XLEN "
	"XRANGE XDEL XTRIM XCLAIM XAUTOCLAIM XPENDING XGROUP XINFO PING ECHO AUTH HELLO SELECT "
	"QUIT "
	"INFO CLIENT CONFIG COMMAND CLUSTER MULTI EXEC DISCARD WATCH UNWATCH EVAL EVALSHA EVAL_RO "
	"FCALL SCRIPT PUBLISH SPUBLISH SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE "
	"SUNSUBSCRIBE MONITOR DBSIZE FLUSHDB FLUSHALL SLOWLOG MEMORY OBJECT PFADD PFCOUNT SETBIT "
	"GETBIT BITCOUNT GEOADD GEOSEARCH REPLCONF PSYNC SYNC ROLE WAIT TIME SAVE BGSAVE LASTSAVE "
	"SHUTDOWN DEBUG ACL LATENCY MODULE RESET READONLY ASKING ";

/* The name of a command, then its subcommands. */
static const char *const containers[][2] = {
	{ "ACL",
	  "CAT DELUSER DRYRUN GENPASS GETUSER HELP LIST LOAD LOG SAVE SETUSER USERS WHOAMI " },
	{ "CLIENT", "CACHING GETNAME GETREDIR HELP ID INFO KILL LIST NO-EVICT NO-TOUCH PAUSE REPLY "
		    "SETINFO SETNAME TRACKING TRACKINGINFO UNBLOCK UNPAUSE " },
	{ "CLUSTER", "ADDSLOTS ADDSLOTSRANGE BUMPEPOCH COUNT-FAILURE-REPORTS COUNTKEYSINSLOT "
		     "DELSLOTS DELSLOTSRANGE FAILOVER FLUSHSLOTS FORGET GETKEYSINSLOT HELP INFO "
		     "KEYSLOT LINKS MEET MYID MYSHARDID NODES REPLICAS REPLICATE RESET SAVECONFIG "
		     "SET-CONFIG-EPOCH SETSLOT SHARDS SLAVES SLOTS " },
	{ "COMMAND", "COUNT DOCS GETKEYS GETKEYSANDFLAGS HELP INFO LIST " },
	{ "CONFIG", "GET HELP RESETSTAT REWRITE SET " },
	{ "DEBUG", "HELP JMAP OBJECT RELOAD SEGFAULT SLEEP STRINGMATCH-LEN " },
	{ "FUNCTION", "DELETE DUMP FLUSH HELP KILL LIST LOAD RESTORE STATS " },
	{ "LATENCY", "DOCTOR GRAPH HELP HISTOGRAM HISTORY LATEST RESET " },
	{ "MEMORY", "DOCTOR HELP MALLOC-STATS PURGE STATS USAGE " },
	{ "MODULE", "HELP LIST LOAD LOADEX UNLOAD " },
	{ "OBJECT", "ENCODING FREQ HELP IDLETIME REFCOUNT " },
	{ "PUBSUB", "CHANNELS HELP NUMPAT NUMSUB SHARDCHANNELS SHARDNUMSUB " },
	{ "SCRIPT", "DEBUG EXISTS FLUSH HELP KILL LOAD " },
	{ "SENTINEL", "CKQUORUM CONFIG FAILOVER FLUSHCONFIG GET-MASTER-ADDR-BY-NAME HELP MASTER "
		      "MASTERS MONITOR MYID PENDING-SCRIPTS REMOVE REPLICAS RESET SENTINELS SET "
		      "SIMULATE-FAILURE SLAVES " },
	{ "SLOWLOG", "GET HELP LEN RESET " },
	{ "XGROUP", "CREATE CREATECONSUMER DELCONSUMER DESTROY HELP SETID " },
	{ "XINFO", "CONSUMERS GROUPS HELP STREAM " },
};

/* ---- names ---- */

void skw_redis_name_add(struct skw_redis_name *n, struct skw_bytes b)
{
	uint32_t room = n->len < SKW_REDIS_NAME_MAX ? SKW_REDIS_NAME_MAX - n->len : 0;

	if (n->len > SKW_REDIS_NAME_MAX || !b.len)
		return;
	if (b.caplen < b.len || b.caplen > room) {
		n->len = SKW_REDIS_NAME_MAX + 1;
		return;
	}
	memcpy(n->text + n->len, b.p, b.caplen);
	n->len = (uint8_t)(n->len + b.caplen);
}

static uint8_t capital(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

/* Modules have names such as JSON.GET, so a list would not have them all. */
static bool is_name_char(uint8_t c, bool first)
{
	c = capital(c);
	return (c >= 'A' && c <= 'Z') ||
	       (!first && ((c >= '0' && c <= '9') || c == '.' || c == '_'));
}

static void make_capital(struct skw_redis_name *n)
{
	for (uint8_t i = 0; i < n->len; i++)
		n->text[i] = (char)capital((uint8_t)n->text[i]);
}

bool skw_redis_name_is_command(struct skw_redis_name *n)
{
	if (!n->len || n->len > SKW_REDIS_NAME_MAX)
		return false;
	for (uint8_t i = 0; i < n->len; i++)
		if (!is_name_char((uint8_t)n->text[i], !i))
			return false;
	make_capital(n);
	return true;
}

bool skw_redis_name_in(const struct skw_redis_name *n, const char *list)
{
	return n->len <= SKW_REDIS_NAME_MAX && skw_words_have(list, n->text, n->len);
}

bool skw_redis_name_is_sub(const struct skw_redis_name *command, struct skw_redis_name *sub)
{
	if (sub->len > SKW_REDIS_NAME_MAX)
		return false;
	for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++) {
		const char *name = containers[i][0];

		if (strlen(name) != command->len || memcmp(name, command->text, command->len) != 0)
			continue;
		make_capital(sub);
		return skw_redis_name_in(sub, containers[i][1]);
	}
	return false;
}

/* ---- begins ---- */

/* The first line, with its line end. Empty: it is not complete. */
static struct skw_bytes first_line(struct skw_bytes b)
{
	const uint8_t *end = b.caplen ? memchr(b.p, '\n', b.caplen) : NULL;

	return skw_bytes_first(b, end ? (uint32_t)(end - b.p) + 1 : 0);
}

/* A line such as "*3\r\n", which is taken off *b. */
static enum skw_recogniser_verdict take_number(struct skw_bytes *b, char type, int64_t min,
					       int64_t max, int64_t *number)
{
	struct skw_bytes line = first_line(*b);

	if (b->caplen && *b->p != (uint8_t)type)
		return SKW_RECOGNISER_NO;
	if (!line.caplen)
		return b->caplen < 16 ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_NO;
	if (!skw_redis_value_number(line, number) || *number < min || *number > max)
		return SKW_RECOGNISER_NO;
	*b = skw_bytes_skip(*b, line.caplen);
	return SKW_RECOGNISER_CLIENT_0;
}

enum skw_recogniser_verdict skw_redis_names_request(struct skw_bytes b, bool common_only)
{
	struct skw_redis_name name = { .len = 0 };
	int64_t n = 0;
	enum skw_recogniser_verdict verdict = take_number(&b, '*', 1, ARGUMENTS_MAX, &n);

	if (verdict == SKW_RECOGNISER_CLIENT_0)
		verdict = take_number(&b, '$', 1, SKW_REDIS_NAME_MAX, &n);
	if (verdict != SKW_RECOGNISER_CLIENT_0)
		return verdict;
	skw_redis_name_add(&name, skw_bytes_first(b, (uint32_t)n));
	if (name.len && !skw_redis_name_is_command(&name))
		return SKW_RECOGNISER_NO;
	if (name.len < n)
		return SKW_RECOGNISER_MORE;
	return !common_only || skw_redis_name_in(&name, common) ? SKW_RECOGNISER_CLIENT_0
								: SKW_RECOGNISER_NO;
}

enum skw_recogniser_verdict skw_redis_names_inline(struct skw_bytes b)
{
	struct skw_redis_name name = { .len = 0 };
	struct skw_bytes line = first_line(b), word;

	for (uint32_t i = 0; i < b.caplen && i <= SKW_REDIS_NAME_MAX; i++) {
		if (b.p[i] && strchr(" \r\n", b.p[i]))
			break;
		if (!is_name_char(b.p[i], !i) || i == SKW_REDIS_NAME_MAX)
			return SKW_RECOGNISER_NO;
	}
	if (!line.caplen)
		return SKW_RECOGNISER_MORE;
	line = skw_words_line(line);
	word = skw_words_next(&line);
	skw_redis_name_add(&name, word);
	return skw_redis_name_is_command(&name) && skw_redis_name_in(&name, common)
		       ? SKW_RECOGNISER_CLIENT_0
		       : SKW_RECOGNISER_NO;
}

enum skw_recogniser_verdict skw_redis_names_answer(struct skw_bytes b)
{
	struct skw_bytes line = first_line(b), text;
	uint8_t type = b.caplen ? *b.p : 0;
	int64_t n;

	if (!type || !strchr("+-:$*%~>", type))
		return type ? SKW_RECOGNISER_NO : SKW_RECOGNISER_MORE;
	if (type != '+' && type != '-')
		return take_number(&b, (char)type, -1, INT64_MAX, &n);
	if (!line.caplen)
		return SKW_RECOGNISER_MORE;
	text = skw_words_line(skw_bytes_skip(line, 1));
	text = skw_words_next(&text);
	return skw_words_have(type == '+' ? skw_redis_names_simple : skw_redis_names_errors, text.p,
			      text.caplen)
		       ? SKW_RECOGNISER_CLIENT_0
		       : SKW_RECOGNISER_NO;
}

// SPDX-License-Identifier: GPL-2.0
/* Extended ACKs: the kernel's sentence, and which attribute is to blame */
#include "extack.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "attrs.h"
#include "vswctl.h"

/* KBUILD_MODNAME, which NL_SET_ERR_MSG_MOD() puts before the sentence */
#define MODULE_PREFIX "vsw: "

int extack_error(const struct nlmsghdr *reply)
{
	int error = 0;

	if (reply->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, NLMSG_DATA(reply), sizeof(error));
	return error;
}

/* How many bytes of @reply stand before the attributes of the ACK */
static size_t extack_offset(const struct nlmsghdr *reply)
{
	const struct nlmsgerr *error = NLMSG_DATA(reply);

	if (reply->nlmsg_type == NLMSG_DONE)
		return NLMSG_LENGTH(sizeof(int));
	if (reply->nlmsg_flags & NLM_F_CAPPED ||
	    reply->nlmsg_len < NLMSG_LENGTH(sizeof(*error)))
		return NLMSG_LENGTH(sizeof(*error));
	return NLMSG_LENGTH(sizeof(error->error)) +
	       NLMSG_ALIGN(error->msg.nlmsg_len);
}

/* @tb is empty at first */
static void extack_parse(struct nlmsghdr *reply, struct nlattr **tb)
{
	size_t offset = NLMSG_ALIGN(extack_offset(reply));

	if (!(reply->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    reply->nlmsg_len <= offset)
		return;
	nla_parse(tb, NLMSGERR_ATTR_MAX,
		  (struct nlattr *)((char *)reply + offset),
		  reply->nlmsg_len - offset, NULL);
}

bool extack_blamed(struct nlmsghdr *reply, uint32_t *offset)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = {};

	extack_parse(reply, tb);
	if (!tb[NLMSGERR_ATTR_OFFS])
		return false;
	*offset = attr_uint(tb[NLMSGERR_ATTR_OFFS]);
	return true;
}

static void shift(struct nlattr *nla, uint32_t offset)
{
	uint32_t value;

	if (!nla || nla_len(nla) != sizeof(value))
		return;
	value = attr_uint(nla) - offset;
	memcpy(nla_data(nla), &value, sizeof(value));
}

void extack_shift(struct nlmsghdr *reply, uint32_t offset)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = {};

	extack_parse(reply, tb);
	shift(tb[NLMSGERR_ATTR_OFFS], offset);
	shift(tb[NLMSGERR_ATTR_MISS_NEST], offset);
}

static void append(char *buf, size_t size, const char *format, ...)
	__printf(3, 4);

static void append(char *buf, size_t size, const char *format, ...)
{
	size_t length = strlen(buf);
	va_list list;

	va_start(list, format);
	vsnprintf(buf + length, size - length, format, list);
	va_end(list);
}

/* "vlan.first" for the attribute that stands at @target, "" if there is none */
static void path_find(const struct attr_set *set, struct nlattr *head,
		      int length, const char *target, char *buf, size_t size)
{
	const char *end = (char *)head + length;
	const struct attr *attr;
	struct nlattr *nla;
	int left;

	while (target >= (char *)head && target < end) {
		attr = NULL;
		nla_for_each_attr(nla, head, length, left) {
			if (target >= (char *)nla &&
			    target < (char *)nla + nla->nla_len) {
				attr = attr_find(set, nla_type(nla));
				break;
			}
		}
		if (!attr)
			return;
		append(buf, size, "%s%s", *buf ? "." : "", attr->name);
		if (attr->type != ATTR_NEST)
			return;
		set = attr->nest;
		head = nla_data(nla);
		length = nla_len(nla);
	}
}

/* The attributes of a generic netlink message, behind both headers */
static struct nlattr *request_attrs(struct nlmsghdr *request, int *length)
{
	*length = request->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
	return (struct nlattr *)((char *)request + NLMSG_LENGTH(GENL_HDRLEN));
}

static void path_of(struct nlmsghdr *request, const struct attr_set *set,
		    uint32_t offset, char *buf, size_t size)
{
	struct nlattr *head;
	int length;

	buf[0] = '\0';
	head = request_attrs(request, &length);
	path_find(set, head, length, (char *)request + offset, buf, size);
}

/* What the policy allows: ", 1 to 4094" */
static void range_append(struct nlattr *policy, char *buf, size_t size)
{
	struct nlattr *tb[NL_POLICY_TYPE_ATTR_MAX + 1];

	if (!policy ||
	    nla_parse_nested(tb, NL_POLICY_TYPE_ATTR_MAX, policy, NULL) < 0 ||
	    !tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U])
		return;
	append(buf, size, ", %llu to %llu",
	       (unsigned long long)attr_uint(tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U]),
	       (unsigned long long)attr_uint(tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U]));
}

/* The set of the nest at @offset, or @set itself where there is no nest */
static const struct attr_set *nest_set(struct nlmsghdr *request,
				       const struct attr_set *set,
				       uint32_t offset)
{
	const struct attr *attr;
	struct nlattr *nla;
	int left, length;
	struct nlattr *head = request_attrs(request, &length);

	nla_for_each_attr(nla, head, length, left) {
		attr = attr_find(set, nla_type(nla));
		if ((char *)nla == (char *)request + offset &&
		    attr && attr->type == ATTR_NEST)
			return attr->nest;
	}
	return set;
}

static void missing_append(struct nlmsghdr *request,
			   const struct attr_set *set, struct nlattr **tb,
			   char *buf, size_t size)
{
	const struct nlattr *nest = tb[NLMSGERR_ATTR_MISS_NEST];
	const struct attr *attr;

	if (nest)
		set = nest_set(request, set, attr_uint(nest));
	attr = attr_find(set, attr_uint(tb[NLMSGERR_ATTR_MISS_TYPE]));
	if (attr)
		append(buf, size, " (attribute %s is missing)", attr->name);
}

static void blame_append(struct nlmsghdr *request,
			 const struct attr_set *set, struct nlattr **tb,
			 char *buf, size_t size)
{
	char path[128];

	path_of(request, set, attr_uint(tb[NLMSGERR_ATTR_OFFS]),
		path, sizeof(path));
	if (!*path)
		return;
	append(buf, size, " (attribute %s", path);
	range_append(tb[NLMSGERR_ATTR_POLICY], buf, size);
	append(buf, size, ")");
}

static void sentence_append(const struct nlattr *message, int error,
			    char *buf, size_t size)
{
	char sentence[512];
	const char *start = sentence;

	if (message) {
		attr_string(message, sentence, sizeof(sentence));
		if (!strncmp(sentence, MODULE_PREFIX, strlen(MODULE_PREFIX)))
			start += strlen(MODULE_PREFIX);
		append(buf, size, "%s", start);
	} else {
		append(buf, size, "%s%s", strerror(-error),
		       error == -EPERM ? ": CAP_NET_ADMIN is needed" : "");
	}
}

void extack_text(struct nlmsghdr *reply, struct nlmsghdr *request,
		 const struct attr_set *set, char *buf, size_t size)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = {};
	int error = extack_error(reply);

	buf[0] = '\0';
	extack_parse(reply, tb);
	if (!error && !tb[NLMSGERR_ATTR_MSG])
		return;
	sentence_append(tb[NLMSGERR_ATTR_MSG], error, buf, size);
	if (tb[NLMSGERR_ATTR_MISS_TYPE])
		missing_append(request, set, tb, buf, size);
	else if (tb[NLMSGERR_ATTR_OFFS])
		blame_append(request, set, tb, buf, size);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * One HTTP request, on standard input and output, as systemd gives them to the
 * service of a socket with Accept=yes. RFC 9110 and 9112. Nobody who connects
 * can make it wait or read for long: it has a time and a size to the request.
 */
#include "metrics.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "vswctl.h"

#define REQUEST_MAX	8192
#define REQUEST_SECONDS	5
#define ANSWER_SECONDS	10
#define LINGER_SECONDS	1
#define LINGER_MAX	(64 * 1024)

#define TYPE_OPENMETRICS \
	"application/openmetrics-text; version=1.0.0; charset=utf-8"
#define TYPE_PROMETHEUS	"text/plain; version=0.0.4; charset=utf-8"
#define TYPE_TEXT	"text/plain; charset=utf-8"

/**
 * struct http - a request and what is answered
 * @text: the request as far as it has been read, terminated
 * @length: how much that is
 * @status: what is answered, such as "200 OK"
 * @type: media type of the body
 * @body: the body
 * @size: its length
 * @is_head: the body is not sent
 */
struct http {
	char text[REQUEST_MAX + 1];
	size_t length;
	const char *status;
	const char *type;
	char *body;
	size_t size;
	bool is_head;
};

static void answer_text(struct http *http, const char *status,
			const char *text)
{
	free(http->body);
	http->status = status;
	http->type = TYPE_TEXT;
	http->body = strdup(text);
	http->size = http->body ? strlen(text) : 0;
}

static int milliseconds_left(const struct timespec *end)
{
	struct timespec now;
	long left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left = (end->tv_sec - now.tv_sec) * 1000 +
	       (end->tv_nsec - now.tv_nsec) / 1000000;
	return left > 0 ? left : 0;
}

static void deadline(struct timespec *end, int seconds)
{
	clock_gettime(CLOCK_MONOTONIC, end);
	end->tv_sec += seconds;
}

/* Bytes read until @end, 0 at the end of input, -1 when it is too late */
static ssize_t read_some(char *buf, size_t size, const struct timespec *end)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	int ready;

	do {
		ready = poll(&input, 1, milliseconds_left(end));
	} while (ready < 0 && errno == EINTR);
	return ready > 0 ? read(STDIN_FILENO, buf, size) : -1;
}

/*
 * The head of a request ends with an empty line; a lone LF will do. What comes
 * behind it is not looked at.
 */
static bool head_cut(char *text)
{
	char *line = text;

	while ((line = strchr(line, '\n'))) {
		line++;
		if (*line == '\n' || !strncmp(line, "\r\n", 2)) {
			*line = '\0';
			return true;
		}
	}
	return false;
}

/* False if there is nothing to answer, or the answer is that it is no request */
static bool request_read(struct http *http)
{
	struct timespec end;
	ssize_t got;

	deadline(&end, REQUEST_SECONDS);
	while (!head_cut(http->text)) {
		if (http->length == REQUEST_MAX) {
			answer_text(http, "431 Request Header Fields Too Large",
				    "The request is too large.\n");
			return false;
		}
		got = read_some(http->text + http->length,
				REQUEST_MAX - http->length, &end);
		if (got < 0)
			answer_text(http, "408 Request Timeout",
				    "The request took too long.\n");
		else if (!got && http->length)
			answer_text(http, "400 Bad Request",
				    "The request has no end.\n");
		if (got <= 0)
			return false;
		/* A zero byte would hide what follows it */
		if (memchr(http->text + http->length, '\0', got)) {
			answer_text(http, "400 Bad Request",
				    "The request is no text.\n");
			return false;
		}
		http->length += got;
		http->text[http->length] = '\0';
	}
	return true;
}

/* The value of a field of the head, or NULL; @size is its length */
static const char *field_find(const char *text, const char *name,
			      size_t *size)
{
	size_t length = strlen(name);
	const char *line = text, *value;

	while ((line = strchr(line, '\n'))) {
		line++;
		if (strncasecmp(line, name, length) || line[length] != ':')
			continue;
		value = line + length + 1;
		value += strspn(value, " \t");
		*size = strcspn(value, "\r\n");
		return value;
	}
	return NULL;
}

/* A client that names the newer format gets it, whatever its q= says */
static enum metrics_format format_wanted(const struct http *http)
{
	static const char newer[] = "application/openmetrics-text";
	size_t size;
	const char *accept = field_find(http->text, "Accept", &size);

	return accept && memmem(accept, size, newer, strlen(newer)) ?
	       METRICS_OPENMETRICS : METRICS_PROMETHEUS;
}

static void answer_metrics(struct vswctl *ctl, struct http *http)
{
	enum metrics_format format = format_wanted(http);
	struct metrics metrics = {};
	FILE *body;

	if (metrics_get(ctl, &metrics)) {
		answer_text(http, "503 Service Unavailable",
			    "The kernel does not answer: is the vsw module loaded?\n");
		metrics_free(&metrics);
		return;
	}
	body = open_memstream(&http->body, &http->size);
	if (body)
		metrics_print(&metrics, format, body);
	metrics_free(&metrics);
	if (!body || ferror(body) | fclose(body)) {
		answer_text(http, "500 Internal Server Error",
			    "Out of memory.\n");
		return;
	}
	http->status = "200 OK";
	http->type = format == METRICS_OPENMETRICS ? TYPE_OPENMETRICS :
						     TYPE_PROMETHEUS;
}

/* A target may have the server's name before the path, and a query behind */
static bool target_is(const char *target, const char *path)
{
	size_t length = strlen(path);

	if (!strncasecmp(target, "http://", 7))
		target = strchrnul(target + 7, '/');
	return !strncmp(target, path, length) &&
	       (!target[length] || target[length] == '?');
}

/* Cut the first line into its three words; false if it is none of HTTP/1 */
static bool line_split(char *line, char **method, char **target,
		       char **version)
{
	*method = strsep(&line, " ");
	*target = strsep(&line, " ");
	*version = line;
	return **method && *target && **target && *version &&
	       !strchr(*version, ' ');
}

static void request_answer(struct vswctl *ctl, struct http *http)
{
	char line[REQUEST_MAX + 1], *method, *target, *version;
	size_t size;

	snprintf(line, strcspn(http->text, "\r\n") + 1, "%s", http->text);
	if (!line_split(line, &method, &target, &version) ||
	    strncmp(version, "HTTP/", 5)) {
		answer_text(http, "400 Bad Request", "This is no HTTP.\n");
		return;
	}
	http->is_head = !strcmp(method, "HEAD");
	if (strcmp(version, "HTTP/1.1") && strcmp(version, "HTTP/1.0"))
		answer_text(http, "505 HTTP Version Not Supported",
			    "HTTP/1.1 is spoken here.\n");
	else if (!strcmp(version, "HTTP/1.1") &&
		 !field_find(http->text, "Host", &size))
		answer_text(http, "400 Bad Request",
			    "The request names no host.\n");
	else if (strcmp(method, "GET") && !http->is_head)
		answer_text(http, "405 Method Not Allowed",
			    "Metrics can be read, with GET.\n");
	else if (target_is(target, "/metrics"))
		answer_metrics(ctl, http);
	else
		answer_text(http, "404 Not Found",
			    "Here is /metrics, and nothing else.\n");
}

static void answer_write(const struct http *http, FILE *out)
{
	char date[64];
	time_t now = time(NULL);
	struct tm tm;

	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT",
		 gmtime_r(&now, &tm));
	fprintf(out, "HTTP/1.1 %s\r\n", http->status);
	fprintf(out, "Date: %s\r\n", date);
	if (!strncmp(http->status, "405", 3))
		fputs("Allow: GET, HEAD\r\n", out);
	fprintf(out, "Content-Type: %s\r\n", http->type);
	fprintf(out, "Content-Length: %zu\r\n", http->size);
	fputs("Cache-Control: no-store\r\n", out);
	fputs("Vary: Accept\r\n", out);
	fputs("Connection: close\r\n\r\n", out);
	if (!http->is_head && http->size)
		fwrite(http->body, 1, http->size, out);
}

/*
 * What the client has still to say is read and thrown away for a moment: if it
 * were not, the kernel would reset the connection before the answer is read.
 */
static void linger(void)
{
	struct timespec end;
	char buf[4096];
	size_t total = 0;
	ssize_t got;

	if (shutdown(STDOUT_FILENO, SHUT_WR))
		return;
	deadline(&end, LINGER_SECONDS);
	while (total < LINGER_MAX) {
		got = read_some(buf, sizeof(buf), &end);
		if (got <= 0)
			break;
		total += got;
	}
}

int metrics_http(struct vswctl *ctl, struct args *args)
{
	struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	struct http http = {};
	int code;

	code = args_end(ctl, args);
	if (code)
		return code;
	/* It fails on what is no socket, which does not keep us waiting */
	(void)setsockopt(STDOUT_FILENO, SOL_SOCKET, SO_SNDTIMEO, &patience,
			 sizeof(patience));
	/* However slowly somebody reads: then the end is SIGALRM's */
	alarm(REQUEST_SECONDS + 3 * ANSWER_SECONDS);
	if (request_read(&http))
		request_answer(ctl, &http);
	if (http.status) {
		answer_write(&http, ctl->out);
		if (!fflush(ctl->out))
			linger();
	}
	free(http.body);
	return EXIT_OK;
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What vswctl metrics http answers to requests, good and bad. Without the module
# a good one is answered by 503. KTAP.

VSWCTL=${VSWCTL:-$(dirname "$0")/../vswctl}
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

SHOW=("$WORK/answer")
GOOD="200\|503"

# answer STATUS WHAT: to the request on standard input
answer()
{
	timeout 20 "$VSWCTL" metrics http > "$WORK/answer" 2> /dev/null
	head -n 1 "$WORK/answer" | grep -q "^HTTP/1.1 \($1\) .*"$'\r'"$"
	result $? "$2: $1"
}

# request STATUS LINE
request()
{
	answer "$1" "$2" < <(printf '%s\r\nHost: here\r\n\r\n' "$2")
}

# The length that is said is that of the body
length_is_right()
{
	local said body

	said=$(tr -d '\r' < "$WORK/answer" |
	       sed -n 's/^Content-Length: //p')
	body=$(sed '1,/^\r$/d' "$WORK/answer" | wc -c)
	[ "$said" = "$body" ]
	result $? "Content-Length $said"
}

has()
{
	grep -q "^$1"$'\r'"$" "$WORK/answer"
	result $? "answer: $1"
}

good()
{
	request "$GOOD" "GET /metrics HTTP/1.1"
	length_is_right
	has "Connection: close"
	request "$GOOD" "GET /metrics HTTP/1.0"
	request "$GOOD" "GET /metrics?name=x HTTP/1.1"
	request "$GOOD" "GET http://here:9812/metrics HTTP/1.1"
	request "$GOOD" "HEAD /metrics HTTP/1.1"
	[ "$(tail -c 4 "$WORK/answer")" = $'\r\n\r' ]
	result $? "HEAD: no body"
	answer "$GOOD" "lone line feeds" < \
		<(printf 'GET /metrics HTTP/1.0\n\n')
}

bad()
{
	local word

	for word in / /metric /metrics/ /metrics2 //metrics http://here '*'; do
		request 404 "GET $word HTTP/1.1"
	done
	length_is_right
	for word in POST PUT DELETE OPTIONS get; do
		request 405 "$word /metrics HTTP/1.1"
	done
	has "Allow: GET, HEAD"
	request 505 "GET /metrics HTTP/2.0"
	request 505 "GET /metrics HTTP/1.10"
	for word in "GET /metrics" "GET  /metrics HTTP/1.1" \
		    "GET /metrics HTTP/1.1 x" " GET /metrics HTTP/1.1" \
		    "GET" "" "GET /metrics FTP/1.1"; do
		request 400 "$word"
	done
	answer 400 "no host" < \
		<(printf 'GET /metrics HTTP/1.1\r\n\r\nHost: here\r\n')
	answer 400 "no end" < <(printf 'GET /metrics HTTP/1.1\r\nHost: h\r\n')
	answer 400 "a zero byte" < \
		<(printf 'GET /metrics\0 HTTP/1.1\r\nHost: h\r\n\r\n')
	answer 431 "too large" < <(head -c 9000 /dev/zero | tr '\0' a)
	"$VSWCTL" metrics http < /dev/null > "$WORK/answer" 2>&1
	[ ! -s "$WORK/answer" ]
	result $? "nobody asks: no answer"
}

# A client that stops in the middle does not keep it waiting.
slow()
{
	answer 408 "slow" < <(printf 'GET /met'; exec sleep 8)
}

# Noise is answered, and by an error.
noise()
{
	local i failures=0

	for i in {1..100}; do
		{ head -c $((i * 50)) /dev/urandom; printf '\r\n\r\n'; } |
			"$VSWCTL" metrics http > "$WORK/answer" 2> "$WORK/err"
		head -n 1 "$WORK/answer" | grep -q '^HTTP/1.1 4' ||
			failures=$((failures + 1))
	done
	[ $failures = 0 ]
	result $? "noise"
}

echo "KTAP version 1"
good
bad
slow
noise
finish

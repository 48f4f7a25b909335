// SPDX-License-Identifier: GPL-2.0
/* vswctl top in a terminal, by ncurses */
#include "top.h"

#include <ctype.h>
#include <curses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vswctl.h"

/* Lines above the rows, and the one below them */
#define HEAD_LINES	3
#define FOOT_LINES	1
#define INTERVAL_STEP	2.0

/**
 * struct screen - the terminal
 * @top: what is shown
 * @first: number of the row at the top
 * @shows_help: the keys, instead of the rows
 * @is_over: the user has quit
 */
struct screen {
	struct top *top;
	size_t first;
	bool shows_help;
	bool is_over;
};

static volatile sig_atomic_t is_interrupted;

static void on_signal(int number)
{
	(void)number;
	is_interrupted = 1;
}

static const char *const key_help[] = {
	"q         quit",
	"< >       sort by another column (also the arrows left and right)",
	"r t f     sort by bits received, bits sent, frames",
	"x n s     sort by drops, name, switch",
	"i         the other way round",
	"d         drops by reason, and back",
	"v         with or without the VFs",
	"+ -       slower, faster",
	"space     look now",
	"up down   scroll, as PgUp, PgDn, Home and End",
	"",
	"RX is what the switch receives from the port, TX what it sends there.",
	"PF/N is a VF, counted by the NIC: RX is what the VF sends.",
};

static size_t page(void)
{
	int lines = LINES - HEAD_LINES - FOOT_LINES;

	return lines > 0 ? lines : 0;
}

/* Ports go, and terminals become larger */
static void scroll_clamp(struct screen *screen)
{
	size_t rows = top_rows(screen->top);
	size_t last = rows > page() ? rows - page() : 0;

	if (screen->first > last)
		screen->first = last;
}

static int row_attribute(const struct rate *rate)
{
	if (rate_drops(rate) > 0 || rate->sample->has_drifted)
		return A_BOLD;
	return rate->sample->is_up ? A_NORMAL : A_DIM;
}

static void line_put(int y, int attribute, const char *text)
{
	if (y >= LINES)
		return;
	attrset(attribute);
	mvaddnstr(y, 0, text, COLS);
	attrset(A_NORMAL);
}

static void heading_put(const struct screen *screen,
			const struct top_layout *layout)
{
	char line[TOP_LINE_SIZE];

	top_status(screen->top, layout, line);
	line_put(0, A_NORMAL, line);
	top_sums(screen->top, layout, line);
	line_put(1, A_NORMAL, line);
	if (screen->shows_help)
		return;
	top_heading(screen->top, layout, line);
	line_put(2, A_REVERSE, line);
	if (COLS > (int)strlen(line))
		mvchgat(2, 0, -1, A_REVERSE, 0, NULL);
}

static void help_put(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(key_help) && i < page(); i++)
		line_put(HEAD_LINES + i, A_NORMAL, key_help[i]);
}

static void rows_put(const struct screen *screen,
		     const struct top_layout *layout)
{
	char line[TOP_LINE_SIZE];
	size_t i;

	for (i = 0; i < page(); i++) {
		if (!top_row(screen->top, layout, screen->first + i, line))
			break;
		line_put(HEAD_LINES + i,
			 row_attribute(top_row_rate(screen->top,
						    screen->first + i)),
			 line);
	}
	if (!i && page() && !screen->first)
		line_put(HEAD_LINES, A_DIM, screen->top->shows_drops ?
			 "nothing has been dropped" : "there is no port");
}

static void foot_put(const struct screen *screen)
{
	size_t rows = top_rows(screen->top);
	char line[TOP_LINE_SIZE];

	if (rows > page() && !screen->shows_help)
		snprintf(line, sizeof(line),
			 "rows %zu to %zu of %zu  h help  q quit",
			 screen->first + 1, screen->first + page(), rows);
	else
		snprintf(line, sizeof(line),
			 "h %s  q quit  < > sort  i reverse  d %s  v VFs  + - interval",
			 screen->shows_help ? "back" : "help",
			 screen->top->shows_drops ? "ports" : "drops");
	line_put(LINES - 1, A_DIM, line);
}

static void draw(struct screen *screen)
{
	struct top_layout layout;

	scroll_clamp(screen);
	erase();
	top_layout_make(screen->top, COLS < TOP_LINE_SIZE ? COLS : 0, &layout);
	heading_put(screen, &layout);
	if (screen->shows_help)
		help_put();
	else
		rows_put(screen, &layout);
	/* Where there is hardly a line the rows are worth more */
	if (page())
		foot_put(screen);
	refresh();
}

static void interval_change(struct top *top, double factor)
{
	double interval = top->interval * factor;

	if (interval >= TOP_INTERVAL_MIN && interval <= TOP_INTERVAL_MAX)
		top->interval = interval;
}

static void sort_by(struct top *top, enum rate_key key)
{
	top->key = key;
	rates_sort(&top->rates, top->key, top->is_reverse);
}

static bool sort_key(struct top *top, int key)
{
	enum rate_key next = (top->key + 1) % RATE_KEY_COUNT;
	enum rate_key previous = (top->key + RATE_KEY_COUNT - 1) %
				 RATE_KEY_COUNT;
	const struct {
		int key;
		enum rate_key by;
	} keys[] = {
		{ '>', next }, { KEY_RIGHT, next },
		{ '<', previous }, { KEY_LEFT, previous },
		{ 'r', RATE_RX_BITS }, { 't', RATE_TX_BITS },
		{ 'f', RATE_FRAMES }, { 'x', RATE_DROPS },
		{ 'n', RATE_NAME }, { 's', RATE_SWITCH },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].key == key) {
			sort_by(top, keys[i].by);
			return true;
		}
	return false;
}

static void scroll_key(struct screen *screen, int key)
{
	size_t back = key == KEY_PPAGE ? page() : 1;

	switch (key) {
	case KEY_UP:
	case KEY_PPAGE:
		screen->first -= back < screen->first ? back : screen->first;
		break;
	case KEY_DOWN:
		screen->first++;
		break;
	case KEY_NPAGE:
		screen->first += page();
		break;
	case KEY_HOME:
		screen->first = 0;
		break;
	case KEY_END:
		screen->first = top_rows(screen->top);
		break;
	}
}

/* True if it is time to look, whatever the clock says */
static bool key_do(struct screen *screen, int key)
{
	struct top *top = screen->top;

	if (sort_key(top, key))
		return false;
	switch (key) {
	case 'q':
		screen->is_over = true;
		break;
	case 'h':
	case '?':
		screen->shows_help = !screen->shows_help;
		break;
	case 'i':
		top->is_reverse = !top->is_reverse;
		sort_by(top, top->key);
		break;
	case 'd':
		top->shows_drops = !top->shows_drops;
		screen->first = 0;
		break;
	case 'v':
		top->hides_vfs = !top->hides_vfs;
		break;
	case '+':
		interval_change(top, INTERVAL_STEP);
		break;
	case '-':
		interval_change(top, 1 / INTERVAL_STEP);
		break;
	case ' ':
		return true;
	default:
		scroll_key(screen, key);
	}
	return false;
}

/* Milliseconds until the next look */
static int time_left(const struct top *top)
{
	struct timespec now;
	double left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left = top->interval - (now.tv_sec - top->after.time.tv_sec) -
	       (now.tv_nsec - top->after.time.tv_nsec) / 1e9;
	return left > 0 ? (int)(left * 1000) + 1 : 0;
}

/* Keys, until it is time to look again; the terminal may change its size */
static void keys_do(struct screen *screen)
{
	int left, key;

	while (!screen->is_over && (left = time_left(screen->top))) {
		timeout(left);
		key = getch();
		if (is_interrupted)
			screen->is_over = true;
		if (key != ERR && key_do(screen, key))
			break;
		if (key != ERR)
			draw(screen);
	}
}

static int screen_run(struct screen *screen)
{
	unsigned int looks;
	int code = EXIT_OK;

	for (looks = 1; !code && !screen->is_over; looks++) {
		draw(screen);
		if (looks == screen->top->count + 1 && screen->top->count)
			break;
		keys_do(screen);
		if (!screen->is_over)
			code = top_look(screen->top);
	}
	return code;
}

static void signals_catch(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/*
 * While ncurses has the terminal, messages would be lost with its screen: they
 * are kept until it is back as it was.
 */
int top_screen(struct top *top)
{
	struct screen screen = { .top = top };
	char *messages = NULL;
	size_t size;
	SCREEN *terminal;
	int code;

	terminal = newterm(NULL, stdout, stdin);
	if (!terminal)
		return fail(top->ctl, EXIT_REFUSED,
			    "cannot use this terminal (TERM is '%s'): see vswctl top -b",
			    getenv("TERM") ? getenv("TERM") : "");
	signals_catch();
	cbreak();
	noecho();
	keypad(stdscr, true);
	curs_set(0);
	top->ctl->err = open_memstream(&messages, &size);
	code = screen_run(&screen);
	endwin();
	delscreen(terminal);
	if (top->ctl->err) {
		fclose(top->ctl->err);
		fputs(messages, stderr);
		free(messages);
		top->ctl->err = NULL;
	}
	return code;
}

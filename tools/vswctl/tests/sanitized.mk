# SPDX-License-Identifier: GPL-2.0
#
# The sources of vswctl compiled once with ASan and UBSan, and so that libFuzzer sees
# which way they go: for all tests with sanitizers and for the fuzzers.

SRC	:= $(abspath $(dir $(lastword $(MAKEFILE_LIST)))/..)
OUT	:= $(SRC)/tests/sanitized
PKG_CONFIG ?= pkg-config
PACKAGES := libnl-genl-3.0 json-c yaml-0.1 ncursesw
CLANG	?= clang
VERSION	?= $(shell cat $(SRC)/../../VERSION 2>/dev/null || echo 0.1.0)

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
SANITIZED_CFLAGS := -O1 -g -std=gnu11 -Wall -Wextra -Wmissing-prototypes
SANITIZED_CFLAGS += -Wno-missing-field-initializers -fno-omit-frame-pointer
SANITIZED_CFLAGS += $(SANITIZE) -fsanitize=fuzzer-no-link
SANITIZED_CPPFLAGS := -D_GNU_SOURCE -DVSWCTL_VERSION='"$(VERSION)"' -I$(SRC)
SANITIZED_CPPFLAGS += -isystem $(SRC)/../../uapi
SANITIZED_CPPFLAGS += $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
LDLIBS	+= $(shell $(PKG_CONFIG) --libs $(PACKAGES))

SOURCES := $(filter-out $(SRC)/main.c,$(sort $(wildcard $(SRC)/*.c)))
SANITIZED := $(patsubst $(SRC)/%.c,$(OUT)/%.o,$(SOURCES))

# make V=1 shows the commands
Q := $(if $(V),,@)

$(OUT)/%.o: $(SRC)/%.c $(lastword $(MAKEFILE_LIST))
	$(if $(V),,@echo '  CC      $(@F) (sanitized)')
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(SANITIZED_CPPFLAGS) $(SANITIZED_CFLAGS) -MMD -MP -c -o $@ $<

-include $(wildcard $(OUT)/*.d)

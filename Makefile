# SPDX-License-Identifier: GPL-2.0
# vsw: one switch for taps and VFs.
#
#	make			the module for this kernel, vswctl, the BPF tools
#	make install		module, tools and manual on this host
#	make dkms-install	module by DKMS, so that it follows kernel upgrades
#	make demo		a throwaway KVM host with real VMs; demo-shell stays in it
#	make check		all tests; KERNEL=7.2 on the newest kernel
#	make bench		compare with bridge, Open vSwitch, redirects and the limits
#	make static		what can be found without running anything
#
# demo and check install the packages that they need.

KVER	?= $(shell uname -r)
KDIR	?= /lib/modules/$(KVER)/build
KERNEL	?= 6.12
TESTS	?=
PREFIX	?= /usr/local
VERSION	:= $(shell cat VERSION)
VM	:= selftests/vm
BUILD	:= build/$(KERNEL)

export VSW_TOP	:= $(CURDIR)
export VSW_KO	:= $(CURDIR)/$(BUILD)/kmod/vsw.ko
export VSW_CTL	:= $(CURDIR)/tools/vswctl/vswctl

all: modules vswctl bpf

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

vswctl:
	$(MAKE) -C tools/vswctl

bpf:
	$(MAKE) -C bpf

# The module for the kernel of a guest, beside the sources and not in them.
guest-modules:
	@selftests/vm/build-module.sh $(KERNEL) $(BUILD)

packages-build:
	@$(VM)/packages.sh build

packages-vm: packages-build
	@$(VM)/packages.sh vm
	@if [ "$(KERNEL)" != 6.12 ]; then $(VM)/packages.sh sid; fi

packages-static: packages-build
	@$(VM)/packages.sh static

demo: packages-vm
	@$(MAKE) --no-print-directory guest-modules vswctl bpf
	@$(VM)/demo.sh --kernel $(KERNEL)

demo-shell: packages-vm
	@$(MAKE) --no-print-directory guest-modules vswctl bpf
	@$(VM)/demo.sh --kernel $(KERNEL) --shell

check: packages-vm packages-static
	@$(MAKE) --no-print-directory guest-modules vswctl bpf
	@selftests/check.sh $(KERNEL) $(TESTS)

bench: packages-vm
	@$(VM)/packages.sh bench
	@$(MAKE) --no-print-directory guest-modules vswctl bpf
	@selftests/bench/bench.sh $(KERNEL)

static: packages-static
	@selftests/static/static.sh

install: modules vswctl bpf
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install
	depmod $(KVER)
	$(MAKE) -C tools/vswctl install PREFIX=$(PREFIX)
	$(MAKE) -C bpf install PREFIX=$(PREFIX)

DKMS_DIR = $(DESTDIR)/usr/src/vsw-$(VERSION)
dkms-install: vswctl bpf
	install -d $(DKMS_DIR)
	cp -r Kbuild VERSION dkms.conf kmod uapi $(DKMS_DIR)/
	find $(DKMS_DIR) -name '*.o' -delete -o -name '*.cmd' -delete
	dkms add vsw/$(VERSION)
	dkms install vsw/$(VERSION)
	$(MAKE) -C tools/vswctl install PREFIX=$(PREFIX)
	$(MAKE) -C bpf install PREFIX=$(PREFIX)

clean:
	-$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	-$(MAKE) -C tools/vswctl clean
	-$(MAKE) -C bpf clean
	rm -rf build

.PHONY: all modules vswctl bpf guest-modules packages-build packages-vm \
	packages-static demo demo-shell check bench static install \
	dkms-install clean

# SPDX-License-Identifier: GPL-2.0
# vsw: one switch for taps and VFs.
#
#	make			the module for this kernel, vswctl, the BPF tools
#	make install		module, tools and manual on this host, or below DESTDIR;
#				PREFIX is /usr/local
#	make debs		Debian packages in build/debs
#	make dkms-install	module by DKMS, so that it follows kernel upgrades
#	make demo		a throwaway KVM host with real VMs; demo-shell stays in it
#	make check		all tests; KERNEL=7.2 on the newest kernel; DEBUG=1 on one
#				with checkers, DEBUG=kcsan on one that finds data races,
#				DEBUG=uml without QEMU
#	make coverage		which lines of the module the tests run
#	make soak HOURS=n	all of it on the kernels with checkers, again and again
#	make check-host		packages, units, libvirt and QEMU on hosts of their own
#	make bench		compare with bridge, Open vSwitch, redirects and the limits
#	make static		what can be found without running anything
#	make fuzz SECONDS=n	fuzzers of what vswctl reads, so long for each
#	make mutants		would the tests notice bugs in the module?
#	make fuzz-netlink MINUTES=n	fuzzer of what the module is asked, in one guest
#				for each CPU; REPLAY=FILE: one of its inputs again
#
# demo and check install the packages that they need.

KVER	?= $(shell uname -r)
KDIR	?= /lib/modules/$(KVER)/build
DEBUG	?=
KERNEL	?= $(if $(filter-out 0,$(DEBUG)),$(if $(filter kcsan uml,$(DEBUG)),$(DEBUG),debug),6.12)
TESTS	?=
HOURS	?= 8
MINUTES	?= 15
PREFIX	?= /usr/local
VERSION	:= $(shell cat VERSION)
VM	:= selftests/vm
BUILD	:= build/$(KERNEL)

export VSW_TOP	:= $(CURDIR)
export VSW_KO	:= $(CURDIR)/$(BUILD)/kmod/vsw.ko
export VSW_CTL	:= $(CURDIR)/tools/vswctl/vswctl

all: modules vswctl bpf contrib

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

vswctl:
	$(MAKE) -C tools/vswctl

bpf:
	$(MAKE) -C bpf

contrib:
	$(MAKE) -C contrib

# The module for the kernel of a guest, beside the sources and not in them.
guest-modules:
	@selftests/vm/build-module.sh $(KERNEL) $(BUILD)

packages-build:
	@$(VM)/packages.sh build

packages-vm: packages-build
	@$(VM)/packages.sh vm
	@case "$(KERNEL)" in 7.2|sid) $(VM)/packages.sh sid ;; debug|kcsan|uml) $(VM)/packages.sh debug ;; esac

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

coverage: packages-vm
	@$(VM)/packages.sh debug
	@$(MAKE) --no-print-directory vswctl bpf
	@selftests/coverage.sh $(TESTS)

mutants: packages-vm
	@$(VM)/packages.sh debug
	@$(MAKE) --no-print-directory vswctl bpf
	@selftests/mutants.sh $(MUTANTS)

soak: packages-vm
	@$(VM)/packages.sh debug bench
	@selftests/soak/soak.sh $(HOURS)

check-host: packages-vm
	@$(VM)/packages.sh host
	@$(MAKE) --no-print-directory guest-modules vswctl bpf contrib
	@selftests/check-host.sh $(KERNEL)

bench: packages-vm
	@$(VM)/packages.sh bench
	@$(MAKE) --no-print-directory guest-modules vswctl bpf
	@selftests/bench/bench.sh $(KERNEL)

static: packages-static
	@selftests/static/static.sh

fuzz: packages-static
	@$(MAKE) --no-print-directory -s -C tools/vswctl fuzz

fuzz-netlink: packages-vm
	@$(VM)/packages.sh debug
	@$(MAKE) --no-print-directory vswctl bpf
	@selftests/nlfuzz/run.sh $(if $(REPLAY),replay $(REPLAY),$(MINUTES))

# Below DESTDIR nothing runs: no depmod, and nobody is told.
install: modules install-tools
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) \
		$(if $(DESTDIR),DEPMOD=true) modules_install
	$(if $(DESTDIR),,depmod $(KVER))

install-tools: vswctl bpf contrib
	$(MAKE) -C tools/vswctl install PREFIX=$(PREFIX)
	$(MAKE) -C bpf install PREFIX=$(PREFIX)
	$(MAKE) -C contrib install PREFIX=$(PREFIX)

# What DKMS needs to build the module
DKMS_DIR = $(DESTDIR)/usr/src/vsw-$(VERSION)
install-source:
	install -d $(DKMS_DIR)
	tar -c --exclude='*.o' --exclude='*.ko' --exclude='*.mod' \
		--exclude='*.mod.c' --exclude='.*.cmd' --exclude='modules.order' \
		--exclude='Module.symvers' --exclude='.gitignore' \
		Kbuild VERSION dkms.conf kmod uapi | tar -x -C $(DKMS_DIR)

debs:
	@packaging/debs.sh build/debs

dkms-install: install-source install-tools
	dkms add vsw/$(VERSION)
	dkms install vsw/$(VERSION)

clean:
	-$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	-$(MAKE) -C tools/vswctl clean
	-$(MAKE) -C bpf clean
	-$(MAKE) -C contrib clean
	rm -rf build

.PHONY: all modules vswctl bpf contrib guest-modules packages-build packages-vm \
	packages-static demo demo-shell check coverage soak check-host bench static fuzz \
	fuzz-netlink mutants install install-tools install-source debs dkms-install clean

# Starts one program and waits for it: the one process that learns its wait status, processor time and peak memory.
# Where the sandbox has a process namespace this is its process 1: no signal from inside reaches it, and when it
# ends the kernel kills whatever the program left behind.
#
# Arguments: KEY=VALUE ...
#   arch                            the machine, amd64 or aarch64
#   wall cpu memory                 limits of the whole tree, in ms, ms and bytes
#   nproc fsize nofile              limits of each process
#   keep                            whether what the program leaves in its folder goes back to descriptor 5
#   user guard                      where the program is to be another user than who starts this, which takes the right to
#                                   change user: that one, and one that nothing else runs as
# File descriptor 6 is a file that grows: each of its lines is the number of a signal for the program and its process
# group, as a terminal would send it. They are sent once the program itself runs, and within 20 ms.
# File descriptor 5 is the program's folder as we wrote it.
# File descriptor 4 holds the program and its arguments, with a NUL between two.
# File descriptor 3 takes the report: a line "S" before the program starts, "F reason" where it could not be started
# or kept, at last "E exit signal processor-us peak-KiB wall-us why", why being none, wall, cpu, memory, blind (the
# program could not be watched) or stopped.
# SIGTERM ends the program and everything it started.
use strict;
use warnings;
no warnings qw(exec syntax);

my %set = map { split /=/, $_, 2 } @ARGV;
my ($SET_CLOSE_ON_EXEC, $NO_HANG, $EVERY, $PIDFD_OPEN) = (2, 1, 0.02, 434);
# System calls by their number on x86-64 and on arm64.
my %call = map { my ($name, @number) = @$_; $name => $number[$set{arch} eq 'amd64' ? 0 : 1] } (
    [qw(wait4 61 260)], [qw(prctl 157 167)], [qw(prlimit64 302 261)], [qw(clock_gettime 228 113)], [qw(statfs 137 43)],
    [qw(kill 62 129)], [qw(tkill 200 130)], [qw(tgkill 234 131)], [qw(rt_sigqueueinfo 129 138)],
    [qw(rt_tgsigqueueinfo 297 240)], [qw(pidfd_open 434 434)], [qw(setpriority 141 140)], [qw(ioprio_set 251 30)],
    [qw(sched_setparam 142 118)], [qw(sched_setscheduler 144 119)], [qw(sched_setaffinity 203 122)],
    [qw(sched_setattr 314 274)], [qw(ptrace 101 117)], [qw(process_vm_readv 310 270)], [qw(process_vm_writev 311 271)],
    [qw(memfd_create 319 279)], [qw(memfd_secret 447 447)], [qw(shmget 29 194)], [qw(msgget 68 186)],
    [qw(io_uring_setup 425 425)], [qw(add_key 248 217)], [qw(request_key 249 218)], [qw(keyctl 250 219)],
    [qw(socket 41 198)], [qw(clone 56 220)], [qw(clone3 435 435)], [qw(unshare 272 97)],
    [qw(setresuid 117 147)], [qw(capset 126 91)], [qw(bpf 321 280)], [qw(perf_event_open 298 241)], [qw(userfaultfd 323 282)]);

open my $report, '>&=', 3 or exit 125;
open my $command, '<&=', 4 or exit 125;
open my $folder, '<&=', 5 or exit 125;
open my $signals, '<&=', 6 or exit 125;
fcntl $_, $SET_CLOSE_ON_EXEC, 1 for $report, $folder, $signals;
my @command = do { local $/; split /\0/, <$command>, -1 };
close $command;
# The program's user by effect, to watch it and to end it, and else nobody's, so that no signal of the program's comes here.
become($set{guard}, $set{user}, $set{guard}) if $set{user};
# Neither this process's memory nor its descriptors are the program's to open, and its orphans come to us.
syscall $call{prctl}, 4, 0, 0, 0, 0;
syscall $call{prctl}, 36, 1, 0, 0, 0;

my $why = 'none';
$SIG{TERM} = sub { $why = 'stopped' if $why eq 'none' };
# Without a process namespace the end of who started us must end the program in order.
syscall $call{prctl}, 1, 15, 0, 0, 0 if $$ != 1;
syswrite $report, "S\n";
my $start = now();
my $launcher = $$;
# Perl closes both on exec: when the one can be read to its end, the program runs.
pipe my $runs, my $starts or exit 125;
my $program = fork;
if (!defined $program) { syswrite $report, "F fork: $!\n"; exit 125 }
if (!$program) {
    $SIG{$_} = 'DEFAULT' for keys %SIG;
    become(($set{user}) x 3) if $set{user};
    setpgrp 0, 0;
    limit(0, int($set{cpu} / 1000) + 2);
    limit(1, $set{fsize});
    limit(4, 0);
    limit(6, $set{nproc});
    limit(7, $set{nofile});
    # Without a namespace of its own a queue of messages would outlive it.
    limit(12, 0) if $launcher != 1;
    confine();
    exec { $command[0] } @command;
    my $problem = $!{E2BIG} ? 'too long' : "$command[0]: $!";
    # What a compilation left, or did not, is the program's own; an interpreter that is not there is our fault.
    if ($command[0] =~ m{/} and !$!{E2BIG}) { print STDERR "$problem\n" }
    else { syswrite $report, "F $problem\n" }
    exit 127;
}
close $starts;
sysread $runs, my $nothing, 1;
my $ended_fd = syscall $PIDFD_OPEN, $program, 0;
my ($exit, $signal, $peak, $reaped_us, $ended, $asked) = (0, 0, 0, 0, 0, '');
while (1) {
    reap();
    last if $ended;
    pass_on() if $why eq 'none';
    look() if $why eq 'none';
    sweep() if $why ne 'none';
    my $watched = '';
    vec($watched, $ended_fd, 1) = 1 if $ended_fd >= 0;
    select $watched, undef, undef, $EVERY;
}
my $wall_us = int((now() - $start) * 1e6);
sweep() while reap() >= 0;
if ($set{keep} and !$exit and !$signal) {
    fcntl $folder, $SET_CLOSE_ON_EXEC, 0;
    system 'sh', '-c', 'exec cp -R . /proc/self/fd/5/ 2>/dev/null' and syswrite $report, "F its files could not be kept\n";
}
syswrite $report, "E $exit $signal $reaped_us $peak $wall_us $why\n";

sub now {
    my $time = "\0" x 16;
    syscall $call{clock_gettime}, 1, $time;
    my ($seconds, $nanos) = unpack 'qq', $time;
    return $seconds + $nanos / 1e9;
}

# Takes a real, an effective and a saved user, and has no capability any more.
sub become {
    my @ids = map { $_ + 0 } @_;
    my ($VERSION_3, $none) = (0x20080522, "\0" x 24);
    return if !syscall $call{setresuid}, @ids and !syscall $call{capset}, pack('Li', $VERSION_3, 0), $none;
    syswrite $report, "F user @ids: $!\n";
    exit 125;
}

sub limit {
    my ($resource, $value) = @_;
    syscall $call{prlimit64}, 0, $resource, pack('QQ', $value, $value), 0;
}

# Takes from the program what it could reach the launcher with, whose user it may share, and the memory that no
# process's account shows.
sub confine {
    my ($LOAD, $IS, $AT_LEAST, $RETURN) = (0x20, 0x15, 0x35, 0x06);
    my ($KILL, $REFUSE, $ALLOW) = (0x80000000, 0x00050001, 0x7fff0000);
    my $arch = $set{arch} eq 'amd64' ? 0xc000003e : 0xc00000b7;
    my $group = getpgrp(getppid());
    my @code = ([$LOAD, 0, 0, 4], [$IS, 1, 0, $arch], [$RETURN, 0, 0, $KILL], [$LOAD, 0, 0, 0]);
    push @code, [$AT_LEAST, 0, 1, 0x40000000], [$RETURN, 0, 0, $REFUSE] if $set{arch} eq 'amd64';
    my $refuse = sub {
        my ($name, $argument, @values) = @_;
        return push @code, [$IS, 0, 1, $call{$name}], [$RETURN, 0, 0, $REFUSE] if !defined $argument;
        push @code, [$IS, 0, 2 + 2 * @values, $call{$name}], [$LOAD, 0, 0, 16 + 8 * $argument];
        push @code, [$IS, 0, 1, $_ & 0xffffffff], [$RETURN, 0, 0, $REFUSE] for @values;
        push @code, [$LOAD, 0, 0, 0];
    };
    $refuse->($_, 0, $launcher)
        for qw(prlimit64 sched_setparam sched_setscheduler sched_setaffinity sched_setattr pidfd_open tkill tgkill
        rt_sigqueueinfo rt_tgsigqueueinfo);
    $refuse->('kill', 0, $launcher, -1, -$group);
    for my $name (qw(setpriority ioprio_set)) {
        $refuse->($name, 0, $name eq 'setpriority' ? (1, 2) : (2, 3));
        $refuse->($name, 1, $launcher);
    }
    $refuse->($_)
        for qw(ptrace process_vm_readv process_vm_writev memfd_create memfd_secret shmget msgget io_uring_setup
        add_key request_key keyctl bpf perf_event_open userfaultfd);
    if ($launcher != 1) {
        # Nobody else keeps it from the network, our own port included, or from being root in a namespace.
        my ($ANY, $LOCAL, $NEW_USER, $NOT_KNOWN) = (0x45, 1, 0x10000000, 0x00050026);
        push @code, [$IS, 0, 4, $call{socket}], [$LOAD, 0, 0, 16], [$IS, 1, 0, $LOCAL], [$RETURN, 0, 0, $REFUSE],
            [$LOAD, 0, 0, 0];
        push @code, [$IS, 0, 4, $call{$_}], [$LOAD, 0, 0, 16], [$ANY, 0, 1, $NEW_USER], [$RETURN, 0, 0, $REFUSE],
            [$LOAD, 0, 0, 0] for qw(clone unshare);
        # Its flags are in memory, which a filter can't read; who is told that there is none takes clone.
        push @code, [$IS, 0, 1, $call{clone3}], [$RETURN, 0, 0, $NOT_KNOWN];
    }
    push @code, [$RETURN, 0, 0, $ALLOW];
    my $filter = join '', map { pack 'SCCL', @$_ } @code;
    if (syscall $call{prctl}, 22, 2, pack('Sx6P', scalar @code, $filter), 0, 0) {
        syswrite $report, "F filter: $!\n";
        exit 125;
    }
}

# Sends the program the signals that were asked for since the last time.
sub pass_on {
    sysread $signals, $asked, 4096, length $asked or return;
    while ($asked =~ s/^(\d+)\n//) {
        my $group = getpgrp($program);
        kill $1, $group == $program ? -$program : $program;
    }
}

# Takes the ended children; gives -1 once there is none left, ended or running.
sub reap {
    my ($status, $usage) = (pack('i', 0), "\0" x 144);
    while ((my $pid = syscall $call{wait4}, -1, $status, $NO_HANG, $usage) > 0) {
        my @used = unpack 'q*', $usage;
        $reaped_us += ($used[0] + $used[2]) * 1_000_000 + $used[1] + $used[3];
        next if $pid != $program;
        my $raw = unpack 'i', $status;
        ($exit, $signal, $peak, $ended) = (($raw >> 8) & 255, $raw & 127, $used[4], 1);
    }
    return $!{ECHILD} ? -1 : 0;
}

# Holds the tree against its limits.
sub look {
    if ((now() - $start) * 1000 >= $set{wall}) { $why = 'wall'; return }
    if (!content("/proc/$$/stat")) { $why = 'blind'; return }
    my ($cpu_ms, $kib) = ($reaped_us / 1000, inodes());
    my @tree = tree();
    for my $pid (@tree) {
        my $stat = content("/proc/$pid/stat");
        my @field = split ' ', substr($stat, rindex($stat, ')') + 1) or next;
        $cpu_ms += 10 * ($field[11] + $field[12] + $field[13] + $field[14]);
        $kib += resident($pid);
    }
    if ($cpu_ms >= $set{cpu}) { $why = 'cpu'; return }
    return if $kib * 1024 <= $set{memory};
    # Resident pages that processes share were counted once for each: now count each process's part of them.
    $kib = inodes();
    for my $pid (@tree) {
        my $proportional = content("/proc/$pid/smaps_rollup") =~ /^Pss:\s+(\d+)/m ? $1 : undef;
        $kib += defined $proportional ? $proportional + tables($pid) : resident($pid);
    }
    $why = 'memory' if $kib * 1024 > $set{memory};
}

sub resident {
    my ($pid) = @_;
    return (content("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m ? $1 : 0) + tables($pid);
}

sub tables {
    my ($pid) = @_;
    return content("/proc/$pid/status") =~ /^VmPTE:\s+(\d+)/m ? $1 : 0;
}

# Each file in the private temporary folder takes about 1 KiB of the kernel's memory, however empty it is.
sub inodes {
    return 0 if $$ != 1;
    my ($where, $about) = ('/tmp', "\0" x 120);
    return 0 if syscall $call{statfs}, $where, $about;
    my @field = unpack 'q*', $about;
    return $field[5] - $field[6];
}

sub tree {
    if ($$ == 1) {
        opendir my $proc, '/proc' or return;
        return grep { /^\d+$/ and $_ != 1 } readdir $proc;
    }
    my @found = children($$);
    for (my $i = 0; $i < @found; $i++) { push @found, children($found[$i]) }
    return @found;
}

sub children {
    my ($pid) = @_;
    return map { split ' ', content($_) } glob "/proc/$pid/task/*/children";
}

sub sweep {
    $$ == 1 ? kill('KILL', -1) : kill('KILL', tree());
}

sub content {
    my ($file) = @_;
    open my $in, '<', $file or return '';
    local $/;
    return scalar(<$in>) // '';
}

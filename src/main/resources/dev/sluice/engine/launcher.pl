# Starts one program and waits for it: the one process that learns its wait status, processor time and peak memory.
# Where the sandbox has a process namespace this is its process 1: no signal from inside reaches it, and when it
# ends the kernel kills whatever the program left behind.
#
# Arguments: KEY=VALUE ...
#   wait4 prctl prlimit clock       this machine's system call numbers
#   wall cpu memory                 limits of the whole tree, in ms, ms and bytes; 0 is none
#   nproc fsize nofile              limits of each process
# File descriptor 4 holds the program and its arguments, with a NUL between two.
# File descriptor 3 takes the report: a line "S" before the program starts, "F reason" where it could not be started,
# at last "E exit signal processor-us peak-KiB wall-us why", why being none, wall, cpu, memory or stopped.
# SIGTERM ends the program and everything it started.
use strict;
use warnings;
no warnings qw(exec syntax);

my %set = map { split /=/, $_, 2 } @ARGV;
my ($SET_CLOSE_ON_EXEC, $NO_HANG, $EVERY) = (2, 1, 0.02);

# The kernel's memory killer takes the program before anything else on the machine.
if (open my $score, '>', '/proc/self/oom_score_adj') { print $score 1000; close $score }
open my $report, '>&=', 3 or exit 125;
fcntl $report, $SET_CLOSE_ON_EXEC, 1;
open my $command, '<&=', 4 or exit 125;
my @command = do { local $/; split /\0/, <$command>, -1 };
close $command;
# Neither this process's memory nor its descriptors are the program's to open, and its orphans come to us.
syscall $set{prctl}, 4, 0, 0, 0, 0;
syscall $set{prctl}, 36, 1, 0, 0, 0;

my $why = 'none';
$SIG{TERM} = sub { $why = 'stopped' if $why eq 'none' };
syswrite $report, "S\n";
my $start = now();
my $program = fork;
if (!defined $program) { syswrite $report, "F fork: $!\n"; exit 125 }
if (!$program) {
    $SIG{TERM} = 'DEFAULT';
    my $seconds = $set{cpu} ? int($set{cpu} / 1000) + 2 : 0;
    limit(0, $seconds) if $seconds;
    limit(1, $set{fsize});
    limit(4, 0);
    limit(6, $set{nproc});
    limit(7, $set{nofile});
    exec { $command[0] } @command;
    syswrite $report, $!{E2BIG} ? "F too long\n" : "F $command[0]: $!\n";
    kill 'KILL', $$;
}
my $ended_fd = syscall 434, $program, 0;
my ($exit, $signal, $peak, $reaped_us, $ended) = (0, 0, 0, 0, 0);
while (1) {
    reap();
    last if $ended;
    look() if $why eq 'none';
    sweep() if $why ne 'none';
    my $watched = '';
    vec($watched, $ended_fd, 1) = 1 if $ended_fd >= 0;
    select $watched, undef, undef, $EVERY;
}
my $wall_us = int((now() - $start) * 1e6);
sweep() while reap() >= 0;
syswrite $report, "E $exit $signal $reaped_us $peak $wall_us $why\n";

sub now {
    my $time = "\0" x 16;
    syscall $set{clock}, 1, $time;
    my ($seconds, $nanos) = unpack 'qq', $time;
    return $seconds + $nanos / 1e9;
}

sub limit {
    my ($resource, $value) = @_;
    syscall $set{prlimit}, 0, $resource, pack('QQ', $value, $value), 0;
}

# Takes the ended children; gives -1 once there is none left, ended or running.
sub reap {
    my ($status, $usage) = (pack('i', 0), "\0" x 144);
    while ((my $pid = syscall $set{wait4}, -1, $status, $NO_HANG, $usage) > 0) {
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
    if ($set{wall} and (now() - $start) * 1000 >= $set{wall}) { $why = 'wall'; return }
    my ($cpu_ms, $kib) = ($reaped_us / 1000, 0);
    my @tree = tree();
    for my $pid (@tree) {
        my $stat = content("/proc/$pid/stat");
        my @field = split ' ', substr($stat, rindex($stat, ')') + 1) or next;
        $cpu_ms += 10 * ($field[11] + $field[12] + $field[13] + $field[14]);
        $kib += $1 if content("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m;
    }
    if ($set{cpu} and $cpu_ms >= $set{cpu}) { $why = 'cpu'; return }
    return if !$set{memory} or $kib * 1024 <= $set{memory};
    # Resident pages that processes share were counted once for each: now count each process's part of them.
    $kib = 0;
    for my $pid (@tree) {
        if (content("/proc/$pid/smaps_rollup") =~ /^Pss:\s+(\d+)/m) { $kib += $1 }
        elsif (content("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m) { $kib += $1 }
    }
    $why = 'memory' if $kib * 1024 > $set{memory};
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

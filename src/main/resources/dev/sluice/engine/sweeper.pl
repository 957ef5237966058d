# Ends what a program's user left: kills its processes, and where folders are named waits for their end and removes its
# semaphores and its files. Needs the right to change user and group, as root or by a capability. Ends with 0 only where
# it could reach that user's processes alone, and where nothing of them and of its files is left if it was to wait for that.
#
# Arguments: ARCH UID GUARD [FOLDER ...], GUARD being a user that only this and the launcher of UID's program run as
use strict;
use warnings;
no warnings qw(recursion);

my ($arch, $uid, $guard, @folders) = @ARGV;
my ($SETRESUID, $CAPSET) = $arch eq 'amd64' ? (117, 126) : (147, 91);
my $CAPABILITY_VERSION = 0x20080522;
$) = "$uid $uid";
die "group: $!" if $) ne "$uid $uid";
# The user's by effect alone, so that no process of its can signal this one; and without the capability to kill, which
# would make everybody's end of what follows.
syscall($SETRESUID, $guard + 0, $uid + 0, $guard + 0) == 0 or die "user: $!";
my ($header, $none) = (pack('Li', $CAPABILITY_VERSION, 0), "\0" x 24);
syscall($CAPSET, $header, $none) == 0 or die "capabilities: $!";
die "Process 1 can be reached\n" if kill 0 => 1;
kill KILL => -1;
exit if !@folders;

my $patience = 250;
while (my @running = running()) {
    die "processes @running\n" if !$patience--;
    select undef, undef, undef, 0.02;
    kill KILL => -1;
}
remove_semaphores();
# What can't be removed may be much, each with a line of its own.
open STDERR, '>', '/dev/null' or die "/dev/null: $!";
my $left = 0;
clear($_) for @folders;
if ($left) { print "files: $left\n"; exit 1 }

# Who has ended, with all threads, and waits for a parent to take note of it does nothing any more.
sub running {
    opendir my $proc, '/proc' or die "/proc: $!";
    return grep { /^\d+$/ and $_ != $$ and ((stat "/proc/$_")[4] // -1) == $uid and !ended($_) } readdir $proc;
}

sub ended {
    my ($pid) = @_;
    open my $in, '<', "/proc/$pid/stat" or return 1;
    local $/;
    my $stat = <$in> // return 1;
    my ($state, $threads) = (split ' ', substr $stat, rindex($stat, ')') + 1)[0, 17];
    return $state =~ /[ZX]/ && $threads < 2;
}

sub remove_semaphores {
    open my $list, '<', '/proc/sysvipc/sem' or return;
    while (<$list>) {
        my ($key, $id, $mode, $count, $owner, $group, $creator) = split;
        semctl $id, 0, 0, 0 if $creator eq $uid;
    }
}

# Removes what is the user's in a folder, and in those folders of others there that everybody may write to. A folder in
# which others left something stays until they are swept, and is opened for that; it counts as left.
sub clear {
    my ($folder) = @_;
    opendir my $in, $folder or return;
    my @full;
    while (defined(my $name = readdir $in)) {
        next if $name eq '.' or $name eq '..';
        my $path = "$folder/$name";
        my ($mode, $owner) = (lstat $path)[2, 4] or next;
        if ($owner != $uid) { clear($path) if -d _ and $mode & 2 }
        elsif (!-d _) { unlink $path or $!{ENOENT} or $left++ }
        else { rmdir $path or push @full, $path }
    }
    while (my @some = splice @full, 0, 100) {
        next if !system 'rm', '-rf', '--', @some;
        system 'chmod', '-R', '0777', '--', @some;
        $left += grep { lstat } @some if system 'rm', '-rf', '--', @some;
    }
}

# Ends what a program's user left: kills its processes, and where folders are named waits for their end and removes its
# semaphores and its files. Needs the right to change user and group, as root or by a capability. Ends with 0 only where
# it could reach that user's processes alone, and where none of them is left if it was to wait for that.
#
# Arguments: ARCH UID [FOLDER ...]
use strict;
use warnings;
no warnings qw(recursion);

my ($arch, $uid, @folders) = @ARGV;
my ($SETRESUID, $CAPSET) = $arch eq 'amd64' ? (117, 126) : (147, 91);
my $CAPABILITY_VERSION = 0x20080522;
$) = "$uid $uid";
die "group: $!" if $) ne "$uid $uid";
# The user's by effect alone, and else nobody's, not even another sweeper's, so that no process can signal this one; and
# without the capability to kill, which would make everybody's end of what follows.
my $nobody = 4294967294 - $uid;
syscall($SETRESUID, $nobody, $uid + 0, $nobody) == 0 or die "user: $!";
my ($header, $none) = (pack('Li', $CAPABILITY_VERSION, 0), "\0" x 24);
syscall($CAPSET, $header, $none) == 0 or die "capabilities: $!";
die "Process 1 can be reached\n" if kill 0 => 1;
kill KILL => -1;
exit if !@folders;

my $patience = 25;
while (my @running = running()) {
    die "processes @running\n" if !$patience--;
    select undef, undef, undef, 0.02;
    kill KILL => -1;
}
remove_semaphores();
clear($_) for @folders;

sub running {
    opendir my $proc, '/proc' or die "/proc: $!";
    return grep { /^\d+$/ and $_ != $$ and ((stat "/proc/$_")[4] // -1) == $uid } readdir $proc;
}

sub remove_semaphores {
    open my $list, '<', '/proc/sysvipc/sem' or return;
    while (<$list>) {
        my ($key, $id, $mode, $count, $owner, $group, $creator) = split;
        semctl $id, 0, 0, 0 if $creator eq $uid;
    }
}

# Removes what is the user's in a folder, and in those folders of others there that everybody may write to. A folder in
# which others left something stays until they are swept, and is opened for that.
sub clear {
    my ($folder) = @_;
    opendir my $in, $folder or return;
    my @full;
    while (defined(my $name = readdir $in)) {
        next if $name eq '.' or $name eq '..';
        my $path = "$folder/$name";
        my ($mode, $owner) = (lstat $path)[2, 4] or next;
        if ($owner != $uid) { clear($path) if -d _ and $mode & 2 }
        elsif (!-d _) { unlink $path }
        else { rmdir $path or push @full, $path }
    }
    while (my @some = splice @full, 0, 100) {
        next if !system 'rm', '-rf', '--', @some;
        system 'chmod', '-R', '0777', '--', @some;
        system 'rm', '-rf', '--', @some;
    }
}

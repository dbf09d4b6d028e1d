"""One errand with Paramiko: PORT USER KEY put|get|list|rename|resume ARGUMENTS. Exit status 0 when it is done."""

import os
import sys

import paramiko

port, user, key, errand, *args = sys.argv[1:]
ssh = paramiko.SSHClient()
ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())
ssh.connect("127.0.0.1", port=int(port), username=user, key_filename=key, look_for_keys=False, allow_agent=False)
sftp = ssh.open_sftp()
if errand == "put":
    sftp.put(args[0], args[1], confirm=True)
    status = os.stat(args[0])
    sftp.utime(args[1], (status.st_atime, status.st_mtime))
    sftp.chmod(args[1], 0o600)
elif errand == "get":
    sftp.get(args[0], args[1], prefetch=True)
elif errand == "list":
    for entry in sftp.listdir_attr(args[0]):
        print(entry.longname)
elif errand == "rename":
    sftp.posix_rename(args[0], args[1])
elif errand == "resume":
    with open(args[0], "rb") as local, sftp.open(args[1], "ab") as remote:
        remote.set_pipelined(True)
        local.seek(sftp.stat(args[1]).st_size)
        while chunk := local.read(32768):
            remote.write(chunk)
else:
    sys.exit(2)
ssh.close()

"""One errand with AsyncSSH: PORT USER KEY put|get|list|rename|resume|put-many ARGUMENTS. Exit status 0 when done."""

import asyncio
import sys

import asyncssh

port, user, key, errand, *args = sys.argv[1:]


async def put_many(sftp, local, remote, count):
    await asyncio.gather(*(sftp.put(local, f"{remote}{number}") for number in range(count)))


async def main():
    options = {"username": user, "client_keys": [key], "known_hosts": None, "agent_path": None, "config": None}
    async with asyncssh.connect("127.0.0.1", int(port), **options) as ssh:
        async with ssh.start_sftp_client() as sftp:
            if errand == "put":
                await sftp.put(args[0], args[1], preserve=True)
            elif errand == "put-many":
                await put_many(sftp, args[0], args[1], int(args[2]))
            elif errand == "get":
                await sftp.get(args[0], args[1])
            elif errand == "list":
                print("\n".join(await sftp.listdir(args[0])))
            elif errand == "rename":
                await sftp.posix_rename(args[0], args[1])
            elif errand == "resume":
                with open(args[0], "rb") as local:
                    local.seek((await sftp.stat(args[1])).size)
                    async with sftp.open(args[1], "ab") as remote:
                        await remote.write(local.read())
            else:
                sys.exit(2)


asyncio.run(main())

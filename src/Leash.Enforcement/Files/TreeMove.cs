using System.Buffers.Binary;
using System.Text;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Files;

/// <summary>Whether a whole directory may change its path: every entry is looked at under its old and its new name.</summary>
internal static unsafe class TreeMove
{
    /// <summary>Beyond this a directory move is denied, so that one call cannot hold all others up for long.</summary>
    public const int MaxEntries = 200_000;

    private const int MaxDepth = 256;
    private const int BufferSize = 32_768;
    private const int DirectoryType = 4;
    private const int UnknownType = 0;

    /// <summary>Called with the lock on names held exclusively. A denial is recorded with the entry that caused it.</summary>
    public static bool IsPermitted(SyscallContext context, int directory, ReadOnlySpan<byte> oldPath, ReadOnlySpan<byte> newPath)
    {
        Scan scan = new(context, oldPath.ToArray(), newPath.ToArray());
        return scan.Visit(directory, string.Empty, 0);
    }

    private sealed class Scan(SyscallContext context, byte[] oldRoot, byte[] newRoot)
    {
        private int _entries;

        // The path below the moved directory is kept as Latin-1, one character per byte.
        public bool Visit(int parent, string below, int depth)
        {
            int fd = FileOpener.Reopen(context, parent, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
            if (fd < 0 || depth > MaxDepth)
            {
                Kernel.Close(fd);
                return Refuse("a directory below it cannot be checked", below);
            }

            try
            {
                byte[] buffer = new byte[BufferSize];
                while (true)
                {
                    long length = Read(fd, buffer);
                    if (length <= 0)
                    {
                        return length == 0 || Refuse("a directory below it cannot be read", below);
                    }

                    if (!VisitEntries(fd, buffer.AsSpan(0, (int)length), below, depth))
                    {
                        return false;
                    }
                }
            }
            finally
            {
                Kernel.Close(fd);
            }
        }

        private static long Read(int fd, byte[] buffer)
        {
            // SAFETY: the kernel writes at most the buffer's length.
            fixed (byte* pointer = buffer)
            {
                return Kernel.Call(SyscallNumber.getdents64, fd, (nint)pointer, buffer.Length);
            }
        }

        // struct linux_dirent64: ino 8, off 8, reclen 2, type 1, name.
        private bool VisitEntries(int fd, ReadOnlySpan<byte> entries, string below, int depth)
        {
            while (!entries.IsEmpty)
            {
                int size = BinaryPrimitives.ReadUInt16LittleEndian(entries[16..]);
                int type = entries[18];
                ReadOnlySpan<byte> name = entries[19..size];
                name = name[..name.IndexOf((byte)0)];
                entries = entries[size..];
                if (!NameHandlers.IsDots(name) && !VisitEntry(fd, name, type, below, depth))
                {
                    return false;
                }
            }

            return true;
        }

        private bool VisitEntry(int fd, ReadOnlySpan<byte> name, int type, string below, int depth)
        {
            if (++_entries > MaxEntries)
            {
                return Refuse("more entries below it than a move may take along", below);
            }

            string path = below + "/" + Encoding.Latin1.GetString(name);
            byte[] suffix = Encoding.Latin1.GetBytes(path);
            byte[] oldPath = [.. oldRoot, .. suffix];
            byte[] newPath = [.. newRoot, .. suffix];
            if (!IsFree(oldPath, newPath))
            {
                return false;
            }

            if (type != DirectoryType && type != UnknownType)
            {
                return true;
            }

            int child = FileCalls.OpenAt(
                fd, [.. name, 0], OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC);
            int error = child < 0 ? child : FileCalls.Stat(child, out Statx stat) is var failed and < 0 ? failed : stat.stx_mode;
            bool isDirectory = error >= 0 && (error & FileCalls.S_IFMT) == FileCalls.S_IFDIR;
            bool isPermitted = error < 0 ? Refuse("an entry below it cannot be read", path) : !isDirectory || Visit(child, path, depth + 1);
            Kernel.Close(child);
            return isPermitted;
        }

        private bool IsFree(byte[] oldPath, byte[] newPath)
        {
            PlanDecider decider = context.Decider;
            AgentRoot root = context.Services.Root;

            // Leash's own files would come along under a name that is not protected.
            bool isFree = !root.IsProtected(oldPath) && !root.IsProtected(newPath)
                && decider.AllowedPathActions(context.Principal, oldPath).Has(PlanAction.FileRename)
                && decider.AllowedPathActions(context.Principal, newPath).Has(PlanAction.FileRename);

            // Only a denial is recorded here: the move itself stands for its entries.
            return isFree || (context.PermitPath(PlanActionMask.FileRename, oldPath, newPath)
                && context.PermitPath(PlanActionMask.FileRename, newPath, oldPath));
        }

        private bool Refuse(string why, string below)
        {
            // FAIL-CLOSED: what was not looked at may not move.
            context.Trail.DeniedStructurally(
                context, PlanActionMask.FileRename, [.. oldRoot, .. Encoding.Latin1.GetBytes(below)], why);
            return false;
        }
    }
}

using Leash.Interop;

namespace Leash.Enforcement.Files;

/// <summary>What an open asks for, without its path.</summary>
/// <param name="DirectoryFd">Where a relative path starts: the caller's descriptor or AT_FDCWD.</param>
/// <param name="Flags">O_* flags.</param>
/// <param name="Mode">Permission bits of a new file, before the caller's mask.</param>
/// <param name="Resolve">RESOLVE_* flags of openat2.</param>
internal readonly record struct OpenRequest(int DirectoryFd, int Flags, int Mode, ulong Resolve)
{
    public bool Has(int flag) => (Flags & flag) == flag;

    public bool Writes => (Flags & OpenFlags.O_ACCMODE) != OpenFlags.O_RDONLY;

    public bool Creates => Has(OpenFlags.O_CREAT);

    public bool IsExclusive => Has(OpenFlags.O_CREAT | OpenFlags.O_EXCL);

    public bool FollowsLast => !Has(OpenFlags.O_NOFOLLOW) && !IsExclusive;
}

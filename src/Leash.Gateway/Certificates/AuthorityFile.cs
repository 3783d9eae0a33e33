using System.Security.Cryptography;
using Leash.Interop;

namespace Leash.Gateway.Certificates;

/// <summary>
/// Where the authority is kept: one file for certificate and key, mode 0600, in a directory that nobody but its owner may enter. It appears complete or not
/// at all: written under a name of its own and then linked, so that of several processes that create it at once all use the first.
/// </summary>
public sealed class AuthorityFile(string path, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MaxBytes = 64 << 10;

    /// <summary>The authority that is there, or a new one.</summary>
    /// <exception cref="AuthorityFileException">The file cannot be read, or it is not safe to use.</exception>
    public CertificateAuthority LoadOrCreate()
    {
        if (TryLoad() is { } existing)
        {
            return existing;
        }

        var created = CertificateAuthority.Create(time);
        if (TryWrite(created, overwrite: false))
        {
            return created;
        }

        // Another process was faster: there is one authority per installation, and that is it.
        created.Dispose();
        return TryLoad() ?? throw new AuthorityFileException(path, "it went away while it was read");
    }

    /// <summary>The authority that is there; null when there is none.</summary>
    /// <exception cref="AuthorityFileException">The file cannot be read, or it is not safe to use.</exception>
    public CertificateAuthority? TryLoad()
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return null;
            }

            if (file.LinkTarget is not null || (file.UnixFileMode & ~OwnerOnly) != UnixFileMode.None)
            {
                throw new AuthorityFileException(path, "its key is readable by others; remove it, or set its mode to 0600");
            }

            return file.Length <= MaxBytes ? CertificateAuthority.ImportPem(File.ReadAllText(path)) : throw new AuthorityFileException(path, "it is too long");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new AuthorityFileException(path, e.Message, e);
        }
    }

    /// <summary>Replaces the authority. Programs that run keep trusting, and gateways that run keep using, the one they started with.</summary>
    /// <exception cref="AuthorityFileException">The file cannot be written.</exception>
    public CertificateAuthority Rotate()
    {
        var created = CertificateAuthority.Create(time);
        TryWrite(created, overwrite: true);
        return created;
    }

    /// <returns>False when there is a file already and it must not be replaced.</returns>
    private bool TryWrite(CertificateAuthority authority, bool overwrite)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = Path.Combine(directory, $".{Path.GetFileName(path)}.{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}");
        try
        {
            Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
            using (var file = new FileStream(temporary, options))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(authority.ExportPem()));
                file.Flush(flushToDisk: true);
            }

            if (overwrite)
            {
                File.Move(temporary, path, overwrite: true);
                return true;
            }

            // Moving looks for the name first and then renames, which replaces what came in between.
            return FileCalls.Link(temporary, path) switch
            {
                0 => true,
                -Errno.EEXIST => false,
                var error => throw new IOException($"link(2) fails with errno {-error}"),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuthorityFileException(path, e.Message, e);
        }
        finally
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }
}

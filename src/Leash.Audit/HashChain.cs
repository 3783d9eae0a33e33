using System.Security.Cryptography;

namespace Leash.Audit;

/// <summary>
/// The chain through a log: the hash of a line is SHA-256 over the previous line's hash (32 zero bytes before the first) and the line's
/// bytes up to its own <c>hash</c> member. So no byte of any line, the last included, can change without a wrong hash.
/// </summary>
/// <remarks>The chain has no key: who can write the file can compute a new one. Keep the head elsewhere to notice that.</remarks>
internal sealed class HashChain : IDisposable
{
    public const int HexLength = 64;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _head = new byte[SHA256.HashSizeInBytes];

    public HashChain()
    {
        // The first use loads the crypto library, which takes milliseconds; here they pass beside the session's start.
        _hash.AppendData(_head);
        _hash.GetHashAndReset(stackalloc byte[SHA256.HashSizeInBytes]);
    }

    /// <summary>Goes on behind a line with this hash.</summary>
    public HashChain(ReadOnlySpan<byte> head) : this() => head.CopyTo(_head);

    /// <summary>The hash of the last line.</summary>
    public ReadOnlySpan<byte> Head => _head;

    /// <summary>Adds a line's bytes and writes its hash in lower-case hex.</summary>
    public void Next(ReadOnlySpan<byte> body, Span<byte> hex)
    {
        _hash.AppendData(_head);
        _hash.AppendData(body);
        _hash.GetHashAndReset(_head);
        for (var i = 0; i < _head.Length; i++)
        {
            hex[2 * i] = "0123456789abcdef"u8[_head[i] >> 4];
            hex[(2 * i) + 1] = "0123456789abcdef"u8[_head[i] & 0xf];
        }
    }

    public void Dispose() => _hash.Dispose();
}

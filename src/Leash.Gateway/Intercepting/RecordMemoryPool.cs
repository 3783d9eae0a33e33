using System.Buffers;
using Microsoft.AspNetCore.Connections.Features;

namespace Leash.Gateway.Intercepting;

/// <summary>
/// Buffers for what is read from and written to an opened connection, as large as what a TLS record holds (RFC 8446 §5.1): with Kestrel's own, a quarter
/// of that, each record would carry a quarter as much, and a transfer cost half as much again.
/// </summary>
internal sealed class RecordMemoryPool : MemoryPool<byte>, IMemoryPoolFeature
{
    private const int RecordLength = 16 << 10;

    public static readonly RecordMemoryPool Instance = new();

    public MemoryPool<byte> MemoryPool => this;

    public override int MaxBufferSize => Shared.MaxBufferSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(Math.Max(minBufferSize, RecordLength));

    // Nothing is its own: the buffers belong to the process.
    protected override void Dispose(bool disposing)
    {
    }
}

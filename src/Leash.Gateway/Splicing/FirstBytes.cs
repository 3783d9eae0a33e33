namespace Leash.Gateway.Splicing;

/// <summary>A read from a destination that is under way: it may speak before its client.</summary>
internal sealed class FirstBytes
{
    private readonly byte[] _buffer = new byte[Splicer.BufferLength];

    private FirstBytes(Stream stream) => Read = stream.ReadAsync(_buffer).AsTask();

    /// <summary>How many came; 0 at the end.</summary>
    public Task<int> Read { get; }

    public static FirstBytes From(Stream stream) => new(stream);

    /// <summary>What came, once <see cref="Read"/> is done.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> GetAsync() => _buffer.AsMemory(0, await Read.ConfigureAwait(false));
}

namespace Leash.Gateway.Http;

/// <summary>How many bytes of content went each way; counted by one thread per direction, read by any.</summary>
internal sealed class TransferCount
{
    private long _sent;
    private long _received;

    /// <summary>From the client.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>To the client.</summary>
    public long Received => Volatile.Read(ref _received);

    public void AddSent(int bytes) => Volatile.Write(ref _sent, _sent + bytes);

    public void AddReceived(int bytes) => Volatile.Write(ref _received, _received + bytes);
}

using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Http;

/// <summary>The stream of <see cref="PromptContent"/>. Whoever copies from it writes only between reads, so flushing during one is safe.</summary>
internal sealed class PromptStream(Stream inner, HttpResponse response) : AsynchronousStream
{
    public override bool CanWrite => false;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = inner.ReadAsync(buffer, cancellationToken);
        return read.IsCompleted || response.HasStarted ? read : FlushAndReadAsync(read, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> FlushAndReadAsync(ValueTask<int> read, CancellationToken cancellationToken)
    {
        var reading = read.AsTask();
        try
        {
            await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The buffer is the caller's: it is not given back before the read has ended.
            await inner.DisposeAsync().ConfigureAwait(false);
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await reading.ConfigureAwait(false);
    }
}

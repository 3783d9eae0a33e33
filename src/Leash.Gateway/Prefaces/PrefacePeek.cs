using System.IO.Pipelines;

namespace Leash.Gateway.Prefaces;

/// <summary>Looks at the beginning of a connection and leaves it unread.</summary>
internal static class PrefacePeek
{
    /// <summary>
    /// Waits until the beginning tells what the connection is. Null when the client closed it without a byte; a beginning that ends before it is complete is opaque.
    /// </summary>
    /// <exception cref="OperationCanceledException">It took too long, or the gateway ends; nothing was consumed.</exception>
    public static async ValueTask<Preface?> ReadAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            // What is there counts, also on a machine that was too busy to look at it in time.
            if (!input.TryRead(out var result))
            {
                result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            }

            var buffer = result.Buffer;
            var preface = PrefaceReader.Read(buffer);
            if (preface.Kind == PrefaceKind.Incomplete && !result.IsCompleted)
            {
                // Examined to its end, consumed not at all: the next read returns with more.
                input.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            var isEmpty = buffer.IsEmpty;
            input.AdvanceTo(buffer.Start);
            return preface.Kind != PrefaceKind.Incomplete ? preface : isEmpty ? null : Preface.Opaque;
        }
    }
}

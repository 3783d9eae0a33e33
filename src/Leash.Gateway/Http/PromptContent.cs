using System.Net;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Http;

/// <summary>
/// A destination's body during whose first wait the client already gets the headers. They are not sent at once, because an answer that ends with its
/// headers has to end with them at the client too (gRPC's Trailers-Only tells itself apart by that).
/// </summary>
internal sealed class PromptContent(HttpContent inner, HttpResponse response) : HttpContent
{
    protected override async Task<Stream> CreateContentReadStreamAsync() => new PromptStream(await inner.ReadAsStreamAsync().ConfigureAwait(false), response);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new PromptStream(await inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), response);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => inner.CopyToAsync(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = inner.Headers.ContentLength ?? 0;
        return inner.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

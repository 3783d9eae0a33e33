using System.Collections.Immutable;
using Leash.Http.Canonical;
using Leash.Plan;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>What holds for every request: it is refused with a reason, or it has one form and no reading of its path leads elsewhere.</summary>
internal static class HttpChecks
{
    /// <summary>A request as text: <c>METHOD TARGET</c>, then lines <c>NAME:VALUE</c>; <c>2</c> before the method makes it one of HTTP/2.</summary>
    public static string? Request(string text)
    {
        var result = RequestCanonicalizer.Canonicalize(Read(text));
        if (result.Request is null != (result.Refusal != RequestRefusal.None))
        {
            return "there is a request exactly when it is not refused";
        }

        if (result.Request is not { } request)
        {
            return null;
        }

        var again = RequestCanonicalizer.Canonicalize(request.ToRaw());
        if (again.Request is not { } same)
        {
            return $"what is forwarded is refused: {again.Refusal}";
        }

        if (!same.Fields.SequenceEqual(request.Fields) || same with { Fields = [] } != request with { Fields = [] })
        {
            return "what is forwarded has another form";
        }

        return UrlPath.OtherReadings(request.Path).Append(request.Path).Any(path => path.Split('/').Any(segment => segment is "." or ".."))
            ? "a reading of the path has dot segments"
            : null;
    }

    private static RawRequest Read(string text)
    {
        var lines = text.Split('\n');
        var isHttp2 = lines[0].StartsWith('2');
        var first = isHttp2 ? lines[0][1..] : lines[0];
        var space = first.IndexOf(' ', StringComparison.Ordinal);
        ImmutableArray<HttpField> fields = [.. lines.Skip(1).Select(FieldOf)];
        return new RawRequest
        {
            Version = isHttp2 ? RequestVersion.Http2 : RequestVersion.Http11,
            Method = space < 0 ? first : first[..space],
            Target = space < 0 ? "" : first[(space + 1)..],
            Scheme = "https",
            Authority = isHttp2 && fields is [var authority, ..] ? authority.Value : null,
            Fields = isHttp2 ? fields.RemoveRange(0, Math.Min(1, fields.Length)) : fields,
        };
    }

    private static HttpField FieldOf(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new HttpField(line, "") : new HttpField(line[..colon], line[(colon + 1)..]);
    }
}

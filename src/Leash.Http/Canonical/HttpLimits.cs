namespace Leash.Http.Canonical;

/// <summary>How much a request may have. What is beyond is refused, before anything is looked at twice.</summary>
public static class HttpLimits
{
    /// <summary>Characters of a target. RFC 9112, 3 recommends to take 8,000; presigned URLs are longer.</summary>
    public const int Target = 16 * 1024;

    /// <summary>Segments of a path.</summary>
    public const int Segments = 256;

    /// <summary>Characters of a method; the longest that is registered has 17.</summary>
    public const int Method = 32;

    public const int Fields = 128;

    /// <summary>Characters of all names and values.</summary>
    public const int FieldCharacters = 64 * 1024;

    /// <summary>Characters of a host's name (RFC 1035, 2.3.4).</summary>
    public const int HostName = 253;
}

using System.Text;

namespace Leash.Gateway.Records;

/// <summary>A query as records show it: names stay, values are hidden, because keys and tokens travel there.</summary>
public static class QueryText
{
    private const string Hidden = "***";
    private const int MaxLength = 1024;

    /// <summary>Hides the values of <c>?a=1&amp;b=2</c>; a part without <c>=</c> is all value.</summary>
    public static string Redact(string query)
    {
        if (query.Length <= 1)
        {
            return query;
        }

        var text = new StringBuilder();
        foreach (var range in query.AsSpan(1).Split('&'))
        {
            var part = query.AsSpan(1)[range];
            var equals = part.IndexOf('=');
            text.Append(text.Length > 0 ? '&' : '?').Append(equals > 0 ? part[..(equals + 1)] : "").Append(part.Length > equals + 1 ? Hidden : "");
            if (text.Length > MaxLength)
            {
                return text.ToString(0, MaxLength) + "…";
            }
        }

        return text.ToString();
    }
}

using Leash.Http.Canonical;
using Leash.Plan;

namespace Leash.Policy.Http;

/// <summary>What else servers may take a request for: it has to be permitted as that, too.</summary>
public static class HttpReadings
{
    /// <summary>The other readings of a canonical request; none of most.</summary>
    public static IEnumerable<HttpMessage> OthersOf(HttpMessage message)
    {
        var decoded = UrlPath.DecodedQuery(message.Query);
        string[] queries = decoded == message.Query ? [decoded] : [message.Query, decoded];
        var isAsWritten = true;
        foreach (var path in UrlPath.OtherReadings(message.Path).Prepend(message.Path))
        {
            foreach (var query in queries)
            {
                if (!isAsWritten)
                {
                    yield return new HttpMessage(message.Method, path, query, message.Scheme, message.Fields);
                }

                isAsWritten = false;
            }
        }
    }

    /// <summary>What a reading is, without the query, which may hold secrets.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="path">The path as it is written.</param>
    public static string Describe(HttpMessage reading, string path) => reading.Path == path
        ? "a server may read its query with delimiters decoded"
        : $"a server may read its path as {reading.Path}";
}

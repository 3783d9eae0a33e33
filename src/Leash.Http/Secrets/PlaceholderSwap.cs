using System.Collections.Immutable;
using System.Text;
using Leash.Http.Canonical;
using Leash.Plan;

namespace Leash.Http.Secrets;

/// <summary>The fields of a request after swapping.</summary>
/// <param name="Fields">To be sent; null when a secret is not there, and then nothing is.</param>
/// <param name="Misplaced">The names of secrets whose placeholders stand where they are not swapped: in another header, for another host, or without verified TLS.</param>
/// <param name="Missing">The secret that is not there, or null.</param>
public sealed record SwapResult(ImmutableArray<HttpField>? Fields, ImmutableArray<string> Misplaced, string? Missing);

/// <summary>Swaps placeholders for secrets: in the named header only, for the named hosts only, over verified TLS only.</summary>
public static class PlaceholderSwap
{
    private const string Basic = "Basic ";

    /// <summary>The fields to send.</summary>
    /// <param name="fields">Of a permitted request, in canonical form, after the changes that policies make.</param>
    /// <param name="host">The host that the connection was verified to belong to.</param>
    /// <param name="isVerifiedTls">Whether its certificate was verified for that name.</param>
    /// <param name="placeholders">Of the session.</param>
    /// <param name="find">The secret of a name, or null.</param>
    public static SwapResult Apply(
        ImmutableArray<HttpField> fields, HttpHost host, bool isVerifiedTls, ImmutableArray<Placeholder> placeholders, Func<string, Secret?> find)
    {
        List<string> misplaced = [];
        foreach (var placeholder in placeholders)
        {
            for (var i = 0; i < fields.Length; i++)
            {
                if (!Has(fields[i].Value, placeholder.Token))
                {
                    continue;
                }

                if (!isVerifiedTls || !placeholder.IsFor(host.Name) || fields[i].Name != placeholder.Header)
                {
                    misplaced.Add(placeholder.SecretName);
                    continue;
                }

                if (find(placeholder.SecretName) is not { } secret)
                {
                    return new SwapResult(null, [], placeholder.SecretName);
                }

                fields = fields.SetItem(i, fields[i] with { Value = Replace(fields[i].Value, placeholder.Token, secret.Reveal()) });
            }
        }

        return new SwapResult(fields, [.. misplaced.Distinct(StringComparer.Ordinal)], null);
    }

    private static bool Has(string value, string token) =>
        value.Contains(token, StringComparison.Ordinal) || UserAndPassword(value)?.Contains(token, StringComparison.Ordinal) == true;

    private static string Replace(string value, string token, string secret) => UserAndPassword(value) is { } pair && pair.Contains(token, StringComparison.Ordinal)
        ? Basic + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Replace(token, secret, StringComparison.Ordinal)))
        : value.Replace(token, secret, StringComparison.Ordinal);

    /// <summary>What <c>Basic</c> credentials say (RFC 7617, 2): git sends tokens so. Null for others.</summary>
    private static string? UserAndPassword(string value)
    {
        if (!value.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var encoded = value.AsSpan(Basic.Length).Trim();
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64Chars(encoded, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
    }
}

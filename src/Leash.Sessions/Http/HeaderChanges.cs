using System.Collections.Immutable;
using Leash.Gateway.Decisions;
using Leash.Plan;

namespace Leash.Sessions.Http;

/// <summary>From the headers that a request has to those that it is to have.</summary>
internal static class HeaderChanges
{
    /// <summary>What makes the second of the first; nothing for headers whose lines are the same.</summary>
    public static ImmutableArray<HeaderRewrite> Between(ImmutableArray<HttpField> before, ImmutableArray<HttpField> after)
    {
        var rewrites = ImmutableArray.CreateBuilder<HeaderRewrite>();
        foreach (var name in before.Concat(after).Select(field => field.Name).Distinct(StringComparer.Ordinal))
        {
            ImmutableArray<string> values = [.. ValuesOf(after, name)];
            if (ValuesOf(before, name).SequenceEqual(values, StringComparer.Ordinal))
            {
                continue;
            }

            rewrites.Add(values.IsEmpty ? HeaderRewrite.Remove(name) : HeaderRewrite.Set(name, values[0]));
            rewrites.AddRange(values.Skip(1).Select(value => HeaderRewrite.Add(name, value)));
        }

        return rewrites.ToImmutable();
    }

    private static IEnumerable<string> ValuesOf(ImmutableArray<HttpField> fields, string name) =>
        fields.Where(field => field.Name == name).Select(field => field.Value);
}

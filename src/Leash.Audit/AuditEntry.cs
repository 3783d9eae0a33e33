using System.Text;
using System.Text.Json;

namespace Leash.Audit;

/// <summary>One line of a log, read back. Members that the line does not have are null, empty or zero.</summary>
public sealed class AuditEntry
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _lists = new(StringComparer.Ordinal);

    private AuditEntry(int line, byte[] raw)
    {
        Line = line;
        Raw = raw;
    }

    /// <summary>The line's number in the file, from 1.</summary>
    public int Line { get; }

    /// <summary>The line's bytes, without the line feed.</summary>
    public IReadOnlyList<byte> Raw { get; }

    public long Sequence => Number("seq");

    public string Time => Text("time");

    /// <summary><c>session</c>, <c>operation</c>, <c>outcome</c>, <c>gap</c>, <c>resumed</c> or <c>end</c>.</summary>
    public string Kind => Text("kind");

    public string Verdict => Text("verdict");

    public string Reason => Text("reason");

    public string Action => Text("action");

    public string Syscall => Text("syscall");

    public IReadOnlyList<string> Policies => List("policies");

    public string Resource => Text("resource");

    public string SecondResource => Text("second");

    public string Address => Text("address");

    public long Port => Number("port");

    public string Protocol => Text("protocol");

    public string Method => Text("method");

    public string Target => Text("target");

    public string Exe => Text("exe");

    public IReadOnlyList<string> Arguments => List("args");

    public long Pid => Number("pid");

    public long Errno => Number("errno");

    public string Detail => Text("detail");

    public long Count => Math.Max(1, Number("count"));

    /// <summary>A member that holds text; empty when it is not there.</summary>
    public string Text(string name) => _texts.GetValueOrDefault(name, "");

    /// <summary>A member that holds a number; zero when it is not there.</summary>
    public long Number(string name) => _numbers.GetValueOrDefault(name);

    /// <summary>A member that holds a list of texts; empty when it is not there.</summary>
    public IReadOnlyList<string> List(string name) => _lists.TryGetValue(name, out var list) ? list : [];

    /// <summary>Reads a line; null when it is not one JSON object with unique members.</summary>
    public static AuditEntry? TryParse(ReadOnlySpan<byte> line, int number)
    {
        var entry = new AuditEntry(number, line.ToArray());
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!reader.Read() || !entry.ReadMember(name, ref reader))
                {
                    return null;
                }
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read() ? entry : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private bool ReadMember(string name, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return _texts.TryAdd(name, Unescape(reader.ValueSpan, reader.ValueIsEscaped));
            case JsonTokenType.Number:
                return _numbers.TryAdd(name, reader.GetInt64());
            case JsonTokenType.True or JsonTokenType.False:
                return _numbers.TryAdd(name, reader.TokenType == JsonTokenType.True ? 1 : 0);
            case JsonTokenType.StartArray:
                return ReadList(name, ref reader);
            default:
                reader.Skip();
                return true;
        }
    }

    private bool ReadList(string name, ref Utf8JsonReader reader)
    {
        var list = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                list.Add(Unescape(reader.ValueSpan, reader.ValueIsEscaped));
            }
            else
            {
                reader.Skip();
            }
        }

        return _lists.TryAdd(name, list);
    }

    /// <summary>JSON's escapes, with lone surrogates kept: they are bytes of names (see <see cref="JsonLine"/>).</summary>
    private static string Unescape(ReadOnlySpan<byte> value, bool isEscaped)
    {
        if (!isEscaped)
        {
            return Encoding.UTF8.GetString(value);
        }

        var text = new StringBuilder(value.Length);
        while (!value.IsEmpty)
        {
            var escape = value.IndexOf((byte)'\\');
            if (escape != 0)
            {
                var plain = escape < 0 ? value : value[..escape];
                text.Append(Encoding.UTF8.GetString(plain));
                value = value[plain.Length..];
                continue;
            }

            if (value[1] == (byte)'u')
            {
                text.Append((char)Convert.ToUInt16(Encoding.ASCII.GetString(value.Slice(2, 4)), 16));
                value = value[6..];
                continue;
            }

            text.Append(value[1] switch
            {
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                var other => (char)other,
            });
            value = value[2..];
        }

        return text.ToString();
    }
}

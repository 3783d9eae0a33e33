using System.Text.Json;
using Cedar.Values;

namespace Cedar.Json;

/// <summary>Writes values so that they can be read without a schema.</summary>
internal static class ValueWriter
{
    public static void Write(Utf8JsonWriter json, Value value)
    {
        switch (value)
        {
            case BoolValue flag:
                json.WriteBooleanValue(flag.Value);
                break;
            case LongValue number:
                json.WriteNumberValue(number.Value);
                break;
            case StringValue text:
                json.WriteStringValue(text.Value);
                break;
            case EntityValue entity:
                json.WriteStartObject();
                json.WritePropertyName("__entity");
                WriteUid(json, entity.Uid);
                json.WriteEndObject();
                break;
            case SetValue set:
                json.WriteStartArray();
                foreach (var element in set.Elements)
                {
                    Write(json, element);
                }

                json.WriteEndArray();
                break;
            case RecordValue record:
                WriteRecord(json, record);
                break;
            case IPAddressValue address:
                WriteCall(json, "ip", address.ToPlainString());
                break;
            case DecimalValue number:
                WriteCall(json, "decimal", number.ToPlainString());
                break;
            case DateTimeValue time:
                WriteTime(json, time);
                break;
            case DurationValue time:
                WriteCall(json, "duration", time.ToPlainString());
                break;
        }
    }

    public static void WriteUid(Utf8JsonWriter json, EntityUid uid)
    {
        json.WriteStartObject();
        json.WriteString("type", uid.Type);
        json.WriteString("id", uid.Id);
        json.WriteEndObject();
    }

    public static void WriteRecord(Utf8JsonWriter json, RecordValue record)
    {
        json.WriteStartObject();
        foreach (var (name, value) in record.Fields)
        {
            json.WritePropertyName(name);
            Write(json, value);
        }

        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, string function, string argument) => WriteCall(json, function, () => json.WriteString("arg", argument));

    /// <summary>A time outside of the years that have a text is written by its distance from the epoch.</summary>
    private static void WriteTime(Utf8JsonWriter json, DateTimeValue time)
    {
        if (time.ToPlainString() is { } text)
        {
            WriteCall(json, "datetime", text);
            return;
        }

        WriteCall(json, "offset", () =>
        {
            json.WriteStartArray("args");
            WriteCall(json, "datetime", "1970-01-01");
            WriteCall(json, "duration", new DurationValue(time.Milliseconds).ToPlainString());
            json.WriteEndArray();
        });
    }

    private static void WriteCall(Utf8JsonWriter json, string function, Action writeArguments)
    {
        json.WriteStartObject();
        json.WriteStartObject("__extn");
        json.WriteString("fn", function);
        writeArguments();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

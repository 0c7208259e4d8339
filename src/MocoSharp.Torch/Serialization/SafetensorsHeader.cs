using System.Buffers.Binary;
using System.Text.Json;

namespace MocoSharp.Torch.Serialization;

/// <summary>The JSON head of a safetensors file: where each tensor lies, and free texts.</summary>
internal sealed record SafetensorsHeader(
    IReadOnlyDictionary<string, SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata, long DataStart)
{
    private const long MaximumLength = 100_000_000;      // the format's own limit

    internal static SafetensorsHeader Read(ReadOnlySpan<byte> file, long fileLength, string path)
    {
        if (file.Length < 8) throw Damaged(path, "it is shorter than its 8-byte head");
        long length = BinaryPrimitives.ReadInt64LittleEndian(file);
        if (length is < 2 or > MaximumLength || length > fileLength - 8) throw Damaged(path, $"its head claims {length} bytes");
        try
        {
            using JsonDocument json = JsonDocument.Parse(file.Slice(8, (int)length).ToArray());
            Dictionary<string, SafetensorsEntry> entries = [];
            Dictionary<string, string> metadata = [];
            foreach (JsonProperty item in json.RootElement.EnumerateObject())
            {
                if (item.Name == Safetensors.MetadataName)
                    foreach (JsonProperty text in item.Value.EnumerateObject()) metadata[text.Name] = text.Value.GetString() ?? "";
                else
                    entries.Add(item.Name, Entry(item, fileLength - 8 - length, path));
            }
            CheckLayout(entries, fileLength - 8 - length, path);
            return new SafetensorsHeader(entries, metadata, 8 + length);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or ArgumentException or OverflowException)
        {
            throw Damaged(path, $"its head cannot be read: {error.Message}", error);
        }
    }

    internal static TorchException Damaged(string path, string what, Exception? inner = null) => new(TorchErrorIds.Safetensors,
        $"not a whole safetensors file: {what}", at: path, fix: "use another copy, or the checkpoint before it", inner: inner);

    // The format allows neither gaps nor overlaps: together the tensors are the rest of the file.
    private static void CheckLayout(Dictionary<string, SafetensorsEntry> entries, long dataLength, string path)
    {
        long position = 0;
        foreach ((string name, SafetensorsEntry entry) in entries.OrderBy(static item => item.Value.Start)
            .ThenBy(static item => item.Value.Bytes))
        {
            if (entry.Start != position) throw Damaged(path,
                $"'{name}' starts at byte {entry.Start} of the data, the tensor before it ends at {position}");
            position += entry.Bytes;
        }
        if (position != dataLength) throw Damaged(path, $"its tensors take {position} bytes, {dataLength} are there");
    }

    private static SafetensorsEntry Entry(JsonProperty item, long dataLength, string path)
    {
        string typeName = item.Value.GetProperty("dtype").GetString() ?? "";
        DType type = Enum.GetValues<DType>().Where(t => t.ShortName() == typeName).Cast<DType?>().FirstOrDefault()
            ?? throw Damaged(path, $"'{item.Name}' has the unknown type '{typeName}'");
        long[] shape = [.. item.Value.GetProperty("shape").EnumerateArray().Select(static size => size.GetInt64())];
        long[] offsets = [.. item.Value.GetProperty("data_offsets").EnumerateArray().Select(static offset => offset.GetInt64())];
        if (offsets is not [long start, long end] || start < 0 || end > dataLength || shape.Any(static size => size < 0))
            throw Damaged(path, $"'{item.Name}' lies outside the file");
        long bytes = shape.Aggregate((long)type.Bytes(), static (product, size) => checked(product * size));
        if (bytes != end - start) throw Damaged(path, $"'{item.Name}' needs {bytes} bytes and has {end - start}");
        return new SafetensorsEntry(type, shape, start, bytes);
    }
}

/// <summary>One tensor of a file.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Start">First byte, counted from the end of the head.</param>
/// <param name="Bytes">Length.</param>
internal sealed record SafetensorsEntry(DType Type, long[] Shape, long Start, long Bytes);

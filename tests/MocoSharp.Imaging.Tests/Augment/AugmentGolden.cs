using System.Runtime.InteropServices;
using System.Text.Json;
using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

/// <summary>Torchvision's results, made by tools/reference/make_augment_golden.py.</summary>
internal sealed class AugmentGolden
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Augment", "Golden");
    private static readonly byte[] s_values = File.ReadAllBytes(Path.Combine(s_folder, "augment.bin"));
    private static readonly JsonElement s_index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(s_folder, "augment.json"))).RootElement;
    private readonly JsonElement _case;

    private AugmentGolden(JsonElement at) => _case = at;

    public static IEnumerable<string> Names(params string[] operations) => s_index.GetProperty("cases").EnumerateArray()
        .Where(at => operations.Contains(at.GetProperty("operation").GetString())).Select(at => at.GetProperty("name").GetString()!);

    public static AugmentGolden Open(string name) =>
        new(s_index.GetProperty("cases").EnumerateArray().Single(at => at.GetProperty("name").GetString() == name));

    public string Name => _case.GetProperty("name").GetString()!;

    public string Operation => _case.GetProperty("operation").GetString()!;

    public JsonElement Parameters => _case.GetProperty("parameters");

    public ImageSize Size => new(Int("width"), Int("height"), Int("channels"));

    public float Number(string parameter, float missing) =>
        Parameters.TryGetProperty(parameter, out JsonElement value) ? value.GetSingle() : missing;

    /// <summary>The picture that the case starts from.</summary>
    public Image Source()
    {
        JsonElement source = s_index.GetProperty("sources").EnumerateArray()
            .Single(at => at.GetProperty("name").GetString() == _case.GetProperty("source").GetString());
        Image image = new(Of("width"), Of("height"), Of("channels"));
        s_values.AsSpan(Of("at"), image.Samples.Length).CopyTo(image.Samples);
        return image;

        int Of(string property) => source.GetProperty(property).GetInt32();
    }

    /// <summary>The result on float tensors, [Height, Width, Channels].</summary>
    public float[] Exact()
    {
        ReadOnlySpan<ushort> values = MemoryMarshal.Cast<byte, ushort>(s_values.AsSpan(Int("exact"), Size.Samples * 2));
        float[] floats = new float[values.Length];
        for (int i = 0; i < floats.Length; i++)
            floats[i] = values[i] / 65535f;
        return floats;
    }

    /// <summary>The result on Pillow pictures, [Height, Width, Channels].</summary>
    public float[] Pillow() => Array.ConvertAll(s_values.AsSpan(Int("pillow"), Size.Samples).ToArray(), value => value / 255f);

    public JitterChoice Jitter()
    {
        string[] named = [.. Parameters.GetProperty("order").EnumerateArray().Select(part => part.GetString()!)];
        JitterOrder order = Enumerable.Range(0, JitterOrder.Count).Select(index => new JitterOrder(index))
            .First(order => Enumerable.Range(0, named.Length).All(place => IsNamed(order[place], named[place])));
        return new JitterChoice(true, order, Number("brightness", 1), Number("contrast", 1), Number("saturation", 1), Number("hue", 0));
    }

    private static bool IsNamed(JitterPart part, string name) => part.ToString().Equals(name, StringComparison.OrdinalIgnoreCase);

    public CropBox Box() => new(Parameter("left"), Parameter("top"), Parameter("width"), Parameter("height"));

    public int Parameter(string name) => Parameters.GetProperty(name).GetInt32();

    private int Int(string property) => _case.GetProperty(property).GetInt32();
}

using MocoSharp.Recipes;
using MocoSharp.Recipes.Yaml;

namespace MocoSharp.Tests.Recipes;

/// <summary>A recipe that uses every type the binder knows, with the registry that its variants need.</summary>
public sealed record SampleRecipe(
    string Title, MethodChoice Method, TrainingChoice Training, ValueList<Step> Views, bool Deterministic = true, string? Notes = null,
    ulong Seed = 1)
{
    public static VariantRegistry Variants { get; } = new VariantRegistry()
        .Add<MethodChoice>(VariantStyle.NameKey, new Dictionary<string, Type>
        {
            ["moco-v2"] = typeof(MoCoChoice),
            ["nnclr"] = typeof(NnclrChoice)
        }, "method")
        .Add<Step>(VariantStyle.OneKey, new Dictionary<string, Type>
        {
            ["crop"] = typeof(Crop),
            ["flip"] = typeof(Flip),
            ["sobel"] = typeof(Sobel)
        })
        .AddValues(new Dictionary<string, Palette> { ["gray"] = Palette.Gray, ["warm"] = Palette.Warm });

    public static RecordBinder Binder { get; } = new(Variants);

    public static RecordWriter Writer { get; } = new(Variants);

    public const string Yaml = """
        # A sample.
        #
        #   It shows every type.
        title: "Small: a test"
        method:
          name: moco-v2
          queueLength: 4096
          temperature: 0.2
        training:
          epochs: 200
          milestones: [60, 80]
          rate: 0.03
          precision: half-brain
        views:
          - crop: {size: 32, area: [0.2, 1]}
          - flip:
              chance: 0.25
          - sobel
        seed: 18446744073709551615

        """;

    public static SampleRecipe Bind(string yaml) => Binder.Bind<SampleRecipe>(YamlDocumentFile.Parse(yaml, "mine.yaml"));
}

public enum Precision
{
    Full,
    HalfBrain,
}

public readonly record struct Interval(float Low, float High);

public sealed record Palette(string Name, ValueList<float> Mean)
{
    public static Palette Gray { get; } = new("gray", [0.5f]);

    public static Palette Warm { get; } = new("warm", [0.5f, 0.4f, 0.3f]);
}

public abstract record MethodChoice;

public sealed record MoCoChoice(int QueueLength = 65536, float Temperature = 0.07f) : MethodChoice
{
    public int QueueLength { get; init; } = QueueLength > 0 ? QueueLength
        : throw new ArgumentOutOfRangeException(nameof(QueueLength), QueueLength, "it must be 1 or more");

    public MoCoChoice Checked() => Temperature > 0 ? this
        : throw new MocoException("MS2099", $"temperature is {Temperature}, so the loss is not defined", at: "temperature",
        fix: "set it above 0; papers use 0.07 to 0.5");
}

public sealed record NnclrChoice(int Support) : MethodChoice;

public sealed record TrainingChoice(
    int Epochs, double Rate, ValueList<int>? Milestones = null, Precision Precision = Precision.Full, int? Warmup = null, long Images = 0,
    Palette? Palette = null);

public abstract record Step;

public sealed record Crop(int Size = 224, Interval Area = default) : Step
{
    public Interval Area { get; init; } = Area == default ? new Interval(0.08f, 1) : Area;

    public void Check() => ArgumentOutOfRangeException.ThrowIfLessThan(Size, 1);
}

public sealed record Flip(float Chance = 0.5f) : Step;

public sealed record Sobel : Step;

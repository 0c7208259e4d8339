using System.Security.Cryptography;
using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Methods;
using MocoSharp.Recipes.Yaml;

namespace MocoSharp.Recipes;

/// <summary>A recipe and the text that it was read from.</summary>
/// <param name="Recipe">The value.</param>
/// <param name="HeadComment">What the file says at its head: where the recipe is from.</param>
public sealed record RecipeFile(Recipe Recipe, string HeadComment)
{
    private const string Folder = "recipes/", Extension = ".yaml";

    internal static readonly VariantRegistry Variants = new VariantRegistry()
        .Add<Augmentation>(VariantStyle.OneKey, Augmentations.All)
        .Add<MethodOptions>(VariantStyle.NameKey, MethodRegistry.OptionTypes, "method")
        .Add<OptimizerSettings>(VariantStyle.NameKey, new Dictionary<string, Type>
        {
            ["sgd"] = typeof(SgdSettings),
            ["adam"] = typeof(AdamSettings),
            ["adamw"] = typeof(AdamWSettings),
            ["lars"] = typeof(LarsSettings),
        }, "optimizer")
        .Add<RateSettings>(VariantStyle.NameKey, new Dictionary<string, Type>
        {
            ["cosine"] = typeof(CosineRate),
            ["step"] = typeof(StepRate),
            ["constant"] = typeof(ConstantRate),
        }, "learning rate")
        .Add<Modality>(VariantStyle.OneKey, new Dictionary<string, Type>
        {
            ["picture"] = typeof(PictureModality),
            ["depth"] = typeof(DepthModality),
            ["palette"] = typeof(PaletteModality),
        }, "kind of pictures")
        .AddByName<EncoderOptions>(EncoderRegistry.OptionsOf, static () => EncoderRegistry.OwnOptions)
        .AddValues(ChannelStats.All);

    internal static readonly RecordBinder Binder = new(Variants);

    /// <summary>The names of the recipes that come with the library.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(RecipeFile).Assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(static name => name[Folder.Length..^Extension.Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>What was written in an older spelling, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The recipe as YAML with every value written, as a run keeps it.</summary>
    public string Text => new RecordWriter(Variants).Write(Recipe, HeadComment);

    /// <summary>Reads a recipe.</summary>
    /// <param name="nameOrPath">A name of <see cref="Names"/>, or the path of a YAML file.</param>
    /// <param name="assignments">Changes, each <c>training.epochs=5</c>, made before anything is read.</param>
    /// <exception cref="RecipeException">No such recipe, or something in it cannot be read; says where and how to fix it.</exception>
    public static RecipeFile Load(string nameOrPath, IReadOnlyList<string>? assignments = null)
    {
        YamlDocumentFile file = Names.Contains(nameOrPath) ? YamlDocumentFile.Parse(TextOf(nameOrPath), nameOrPath)
            : nameOrPath.EndsWith(Extension, StringComparison.Ordinal) || nameOrPath.Contains(Path.DirectorySeparatorChar)
            || File.Exists(nameOrPath) ? YamlDocumentFile.Load(nameOrPath)
            : throw new RecipeException(ErrorIds.UnknownName, $"there is no recipe '{nameOrPath}'", at: "the command line",
                fix: NearestName.Of(nameOrPath, Names) is { } near ? $"did you mean '{near}'? 'moco recipes' lists all"
                : "'moco recipes' lists all; or give the path of a .yaml file");
        List<string> notes = [];
        file = file.With(OlderSpelling.Renew(file.Root, notes));
        foreach (string assignment in assignments ?? []) file = file.With(OlderSpelling.Renew(assignment, notes));
        return Bind(file, notes);
    }

    /// <summary>The same with changes.</summary>
    /// <param name="assignments">Each <c>training.epochs=5</c>.</param>
    /// <exception cref="RecipeException">One leads nowhere, or does not fit.</exception>
    public RecipeFile With(IReadOnlyList<string> assignments)
    {
        if (assignments.Count == 0) return this;
        List<string> notes = [];
        YamlDocumentFile file = YamlDocumentFile.Parse(Text, Recipe.Name);
        foreach (string assignment in assignments) file = file.With(OlderSpelling.Renew(assignment, notes));
        return Bind(file, notes);
    }

    /// <summary>Reads a recipe's text.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="RecipeException">Something in it cannot be read.</exception>
    public static RecipeFile Parse(string text, string name) => Bind(YamlDocumentFile.Parse(text, name), new List<string>());

    /// <summary>A text that changes when anything in a recipe does that decides the weights: all but its name, the monitor, what is kept,
    /// how pictures are fetched, and the device, which <c>environment.json</c> names.</summary>
    /// <returns>SHA-256 in hexadecimal. Values that are their defaults are left out of it, so that settings of later versions do not change
    /// it.</returns>
    public static string Fingerprint(Recipe recipe) => Hash(LearnedText(recipe));

    /// <summary>Whether a fingerprint is a recipe's, made by this version or by an older one, which wrote some keys in another
    /// spelling.</summary>
    internal static bool IsFingerprintOf(string fingerprint, Recipe recipe)
    {
        string text = LearnedText(recipe);
        return fingerprint == Hash(text) || fingerprint == Hash(OlderSpelling.Of(text));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    private static string LearnedText(Recipe recipe)
    {
        Recipe learned = recipe with
        {
            Name = "",
            Monitor = new(),
            Checkpoints = new(),
            Training = recipe.Training with { Device = "cpu" },
            Data = recipe.Data with { CacheMegabytes = 0, MaximumBadShare = 0, Workers = 0 },
        };
        return new RecordWriter(Variants) { WithDefaults = false }.Write(learned);
    }

    /// <summary>One view as YAML with every value that it has.</summary>
    public static string TextOf(ViewSettings view) => new RecordWriter(Variants) { WithNulls = false }.Write(view);

    /// <summary>One view on one line: what becomes of a picture, in the recipe's words.</summary>
    public static string LineOf(ViewSettings view)
    {
        string text = new RecordWriter(Variants) { WithNulls = false }.Write(view with { Repeat = 1 });
        string[] steps = [.. text.Split('\n').Where(static line => line.StartsWith("  - ", StringComparison.Ordinal))
            .Select(static line => line[4..])];
        string times = view.Repeat > 1 ? $"{view.Repeat} x " : "", kind = view.Of is { } of ? $"{of}: " : "";
        return $"{times}{kind}{(steps.Length == 0 ? "as it is" : string.Join("; ", steps))}";
    }

    /// <summary>Reads what <see cref="TextOf(ViewSettings)"/> wrote.</summary>
    /// <exception cref="RecipeException">It is not a view.</exception>
    internal static ViewSettings View(string text) => Binder.Bind<ViewSettings>(YamlDocumentFile.Parse(text, "view"));

    private static RecipeFile Bind(YamlDocumentFile file, List<string> notes)
    {
        file = file.With(OlderSpelling.Renew(file.Root, notes));
        return new RecipeFile(Binder.Bind<Recipe>(file), file.HeadComment) { Notes = notes };
    }

    /// <summary>The text of a recipe that comes with the library, as it was written.</summary>
    public static string TextOf(string name)
    {
        using Stream stream = typeof(RecipeFile).Assembly.GetManifestResourceStream($"{Folder}{name}{Extension}")
            ?? throw new RecipeException(ErrorIds.UnknownName, $"there is no recipe '{name}'", fix: "'moco recipes' lists all");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}

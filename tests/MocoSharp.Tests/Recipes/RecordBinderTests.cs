using MocoSharp.Recipes;
using MocoSharp.Recipes.Yaml;

namespace MocoSharp.Tests.Recipes;

public sealed class RecordBinderTests
{
    private static readonly SampleRecipe s_sample = new(
        "Small: a test", new MoCoChoice(4096, 0.2f), new TrainingChoice(200, 0.03, [60, 80], Precision.HalfBrain),
        [new Crop(32, new Interval(0.2f, 1)), new Flip(0.25f), new Sobel()], Seed: ulong.MaxValue);

    [Fact]
    public void Every_type_binds() => Assert.Equal(s_sample, SampleRecipe.Bind(SampleRecipe.Yaml));

    [Fact]
    public void A_variant_whose_keys_all_have_defaults_may_be_a_bare_name() =>
        Assert.Equal(new MoCoChoice(), SampleRecipe.Bind(
            "title: x\nmethod: moco-v2\ntraining: {epochs: 1, rate: 1}\nviews:\n- crop\n- flip: {}\n- sobel:").Method);

    [Fact]
    public void Enums_take_both_spellings_and_named_values_their_name()
    {
        TrainingChoice training = SampleRecipe.Binder.Bind<TrainingChoice>(
            YamlDocumentFile.Parse("{epochs: 1, rate: 1e-4, precision: halfBrain, palette: warm, milestones: ~}", "mine.yaml"));
        Assert.Equal(new TrainingChoice(1, 1e-4, Precision: Precision.HalfBrain, Palette: Palette.Warm), training);
    }

    // Old text, new text, and the whole error. The sample's line 1 is its first comment.
    [Theory]
    [InlineData("queueLength", "queueLenght",
        "MS2005: method has no key 'queueLenght'\n  at mine.yaml(7,3)\n"
        + "  did you mean 'queueLength'? method takes: queueLength, temperature")]
    [InlineData("training:", "trainign:",
        "MS2005: the recipe has no key 'trainign'\n  at mine.yaml(9,1)\n  did you mean 'training'? the recipe takes: title, method, "
        + "training, views, deterministic, notes, seed")]
    [InlineData("  rate: 0.03", "  wobble: 3",
        "MS2005: training has no key 'wobble'\n  at mine.yaml(12,3)\n  training takes: epochs, rate, milestones, precision, warmup, "
        + "images, palette")]
    [InlineData("  rate: 0.03\n", "", "MS2006: training.rate is missing\n  at mine.yaml(10,3)\n  add 'rate:' with a number")]
    [InlineData("  name: moco-v2\n", "", "MS2006: method.name is missing\n  at mine.yaml(6,3)\n  add 'name:' with one of moco-v2, nnclr")]
    [InlineData("epochs: 200", "epochs: ten",
        "MS2007: training.epochs takes a whole number, and ten is written\n  at mine.yaml(10,11)\n  write digits only, such as 200; at "
        + "most 2147483647")]
    [InlineData("epochs: 200", "epochs: 0.5",
        "MS2007: training.epochs takes a whole number, and 0.5 is written\n  at mine.yaml(10,11)\n  write digits only, such as 200; at "
        + "most 2147483647")]
    [InlineData("epochs: 200", "epochs: \"200\"",
        "MS2007: training.epochs takes a whole number, and the text \"200\" is written\n  at mine.yaml(10,11)\n  write digits only, such "
        + "as 200; at most 2147483647")]
    [InlineData("epochs: 200", "epochs: 3000000000",
        "MS2007: training.epochs takes a whole number, and 3000000000 is written\n  at mine.yaml(10,11)\n  write digits only, such as "
        + "200; at most 2147483647")]
    [InlineData("epochs: 200", "epochs:",
        "MS2007: training.epochs takes a whole number, and nothing is written\n  at mine.yaml(10,10)\n  write digits only, such as 200; "
        + "at most 2147483647")]
    [InlineData("rate: 0.03", "rate: .inf",
        "MS2007: training.rate takes a number, and .inf is written\n  at mine.yaml(12,9)\n  write a finite number such as 0.03 or 1e-4, "
        + "without quotes or unit")]
    [InlineData("rate: 0.03", "rate: 1e999",
        "MS2007: training.rate takes a number, and 1e999 is written\n  at mine.yaml(12,9)\n  write a finite number such as 0.03 or 1e-4, "
        + "without quotes or unit")]
    [InlineData("seed: 18446744073709551615", "seed: -1",
        "MS2007: seed takes a whole number, 0 or more, and -1 is written\n  at mine.yaml(19,7)\n  write digits only, such as 200")]
    [InlineData("seed: 18446744073709551615", "deterministic: yes",
        "MS2007: deterministic takes true or false, and yes is written\n  at mine.yaml(19,16)\n  write true or false, without quotes")]
    [InlineData("[60, 80]", "60",
        "MS2007: training.milestones takes a list, and 60 is written\n  at mine.yaml(11,15)\n  write one item a line, each behind a "
        + "dash, or all in brackets: [a, b]")]
    [InlineData("[60, 80]", "[60, x]",
        "MS2007: training.milestones.1 takes a whole number, and x is written\n  at mine.yaml(11,20)\n  write digits only, such as 200; "
        + "at most 2147483647")]
    [InlineData("[0.2, 1]", "[0.2]",
        "MS2007: views.0.crop.area takes two numbers, and a list of 1 is written\n"
        + "  at mine.yaml(15,28)\n  write both in brackets: [0.2, 1]")]
    [InlineData("name: moco-v2", "name: moco-v3",
        "MS2009: 'moco-v3' is no method\n  at mine.yaml(6,9)\n  did you mean 'moco-v2'? known: moco-v2, nnclr")]
    [InlineData("- sobel", "- sobol", "MS2009: 'sobol' is no step\n  at mine.yaml(18,5)\n  did you mean 'sobel'? known: crop, flip, sobel")]
    [InlineData("- crop:", "- wobble:", "MS2009: 'wobble' is no step\n  at mine.yaml(15,5)\n  known: crop, flip, sobel")]
    [InlineData("half-brain", "half", "MS2009: 'half' is no precision\n  at mine.yaml(13,14)\n  known: full, half-brain")]
    [InlineData("      chance: 0.25", "      chance: {}",
        "MS2007: views.1.flip.chance takes a number, and a mapping () is written\n  at mine.yaml(17,15)\n  write a finite number such as "
        + "0.03 or 1e-4, without quotes or unit")]
    [InlineData("  - sobel", "  - {sobel: , flip: }",
        "MS2007: views.2 takes one step, and a mapping (sobel, flip) is written\n  at mine.yaml(18,5)\n  begin each with a dash, and put "
        + "its keys in braces or indent them below its name")]
    [InlineData("queueLength: 4096", "queueLength: 0",
        "MS2008: method.queueLength is 0: it must be 1 or more\n  at mine.yaml(7,16)\n  give queueLength another value")]
    [InlineData("size: 32", "size: -3",
        "MS2008: views.0.crop.size is -3: it must be greater than or equal to '1'\n  at mine.yaml(15,18)\n  give size another value")]
    [InlineData("temperature: 0.2", "temperature: 0",
        "MS2099: temperature is 0, so the loss is not defined\n  at mine.yaml(8,16)\n  set it above 0; papers use 0.07 to 0.5")]
    public void An_error_says_what_where_and_how_to_mend_it(string old, string written, string expected)
    {
        Assert.Contains(old, SampleRecipe.Yaml, StringComparison.Ordinal);
        string yaml = SampleRecipe.Yaml.Replace(old, written, StringComparison.Ordinal);
        Assert.Equal(expected, ErrorText.Of(() => SampleRecipe.Bind(yaml)));
    }

    [Fact]
    public void A_default_that_a_record_refuses_is_named_as_one()
    {
        RecordBinder binder = new(new VariantRegistry());
        Assert.Equal(
            "MS2008: size is 0 (the default): it must be greater than or equal to '1'\n  at mine.yaml(1,1)\n  give size another value",
            ErrorText.Of(() => binder.Bind<BadDefault>(YamlDocumentFile.Parse("other: 1", "mine.yaml"))));
    }

    [Theory]
    [InlineData("training.size", "mine.yaml(2,18)")]
    [InlineData("Depth", "mine.yaml(3,25)")]
    [InlineData("Size", "mine.yaml(1,1)")]
    [InlineData("training.option", "mine.yaml(1,9)")]
    [InlineData("other.depth", "mine.yaml(3,25)")]
    [InlineData("other.size", "mine.yaml(3,15)")]
    public void A_check_of_the_whole_names_its_value_by_path_or_by_a_key_that_stands_once(string option, string place)
    {
        YamlDocumentFile file = YamlDocumentFile.Parse($$"""
            option: {{option}}
            training: {size: 1}
            other: {size: 2, depth: 3}
            """, "mine.yaml");
        RecipeException error = Assert.Throws<RecipeException>(() => new RecordBinder(new VariantRegistry()).Bind<Whole>(file));
        Assert.Equal((place, "MS2102"), (error.At, error.Id));
    }

    private sealed record Part(int Size, int Depth = 0);

    private sealed record Whole(string Option, Part Training, Part Other)
    {
        internal Whole Checked() => throw new OptionException(Option, 0, "which does not fit", "change it");
    }

    [Fact]
    public void A_registry_refuses_what_it_could_not_write_back()
    {
        Assert.Throws<ArgumentException>(() => new VariantRegistry().Add<Step>(
            VariantStyle.OneKey, new Dictionary<string, Type> { ["flip"] = typeof(Flip), ["mirror"] = typeof(Flip) }));
        Assert.Throws<ArgumentException>(() => new VariantRegistry().Add<Palette>(
            VariantStyle.NameKey, new Dictionary<string, Type> { ["palette"] = typeof(Palette) }));
        Assert.Throws<ArgumentException>(() => new VariantRegistry().Add<Step>(
            VariantStyle.OneKey, new Dictionary<string, Type> { ["palette"] = typeof(Palette) }));
    }

    private sealed record BadDefault(int Other, int Size = 0)
    {
        public void Check() => ArgumentOutOfRangeException.ThrowIfLessThan(Size, 1);
    }
}

using FsCheck;
using FsCheck.Fluent;

namespace MocoSharp.Tests.Recipes;

public sealed class RecordWriterTests
{
    [Fact]
    public void What_is_written_is_pretty_and_whole()
    {
        string written = SampleRecipe.Writer.Write(SampleRecipe.Bind(SampleRecipe.Yaml), "A sample.\n\nWritten.");
        Assert.Equal(
            """
            # A sample.
            #
            # Written.
            title: "Small: a test"
            method:
              name: moco-v2
              queueLength: 4096
              temperature: 0.2
            training:
              epochs: 200
              rate: 0.03
              milestones: [60, 80]
              precision: half-brain
              warmup: null
              images: 0
              palette: null
            views:
              - crop: {size: 32, area: [0.2, 1]}
              - flip: {chance: 0.25}
              - sobel
            deterministic: true
            notes: null
            seed: 18446744073709551615

            """, written);
    }

    [Fact]
    public void A_small_number_keeps_its_point_for_readers_of_older_yaml() =>
        Assert.Contains("rate: 1.0e-05\n", SampleRecipe.Writer.Write(new TrainingChoice(1, 1e-5)), StringComparison.Ordinal);

    [Fact]
    public void A_number_that_is_not_finite_is_refused() =>
        Assert.Throws<ArgumentException>(() => SampleRecipe.Writer.Write(new TrainingChoice(1, double.NaN)));

    [Fact]
    public void Any_recipe_reads_back_equal()
    {
        Prop.ForAll(s_recipes.ToArbitrary(), recipe => SampleRecipe.Bind(SampleRecipe.Writer.Write(recipe)).Equals(recipe))
            .QuickCheckThrowOnFailure();
    }

    private static readonly Gen<string> s_texts = Gen.OneOf(
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => new string([.. text.Get.Where(c => !char.IsSurrogate(c))])),
        Gen.Elements("", "null", "~", "true", "No", "1", "1e5", "0x1F", "-", "- a", "a: b", "a #b", " a", "a ", "é", "日本", "😀", "\t",
        "a\nb\n", "'", "\"", "\\", "\u0085\u2028\uFEFF",
            "[a]", "{a: 1}", "&a", "*a", "!a", "|", ">", "%", "@", "`", "?", "---", "...", "<<", "2001-01-01", "a,b", "a]"));

    private static readonly Gen<float> s_singles = ArbMap.Default.GeneratorFor<float>().Where(float.IsFinite);

    private static readonly Gen<Step> s_steps = Gen.OneOf(
        from size in Gen.Choose(1, 512)
        from low in s_singles
        from high in s_singles
        select (Step)new Crop(size, new Interval(low, high)),
        s_singles.Select(chance => (Step)new Flip(chance)),
        Gen.Constant((Step)new Sobel()));

    private static readonly Gen<MethodChoice> s_methods = Gen.OneOf(
        from length in Gen.Choose(1, int.MaxValue)
        from temperature in s_singles
        where temperature > 0
        select (MethodChoice)new MoCoChoice(length, temperature),
        ArbMap.Default.GeneratorFor<int>().Select(support => (MethodChoice)new NnclrChoice(support)));

    private static readonly Gen<TrainingChoice> s_trainings =
        from epochs in ArbMap.Default.GeneratorFor<int>()
        from rate in ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite)
        from milestones in ArbMap.Default.GeneratorFor<int[]>()
        from precision in Gen.Elements(Precision.Full, Precision.HalfBrain)
        from warmup in ArbMap.Default.GeneratorFor<int?>()
        from images in ArbMap.Default.GeneratorFor<long>()
        from palette in Gen.Elements(null, Palette.Gray, Palette.Warm)
        select new TrainingChoice(epochs, rate, milestones.Length == 1 ? null : [.. milestones], precision, warmup, images, palette);

    private static readonly Gen<SampleRecipe> s_recipes =
        from title in s_texts
        from method in s_methods
        from training in s_trainings
        from views in s_steps.ArrayOf()
        from deterministic in ArbMap.Default.GeneratorFor<bool>()
        from notes in s_texts
        from seed in ArbMap.Default.GeneratorFor<ulong>()
        select new SampleRecipe(title, method, training, [.. views], deterministic, notes == "1" ? null : notes, seed);
}

using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Dino;
using MocoSharp.Torch.Optim;
using DinoMethod = MocoSharp.Methods.Dino.Dino;

namespace MocoSharp.Tests.Methods.Dino;

/// <summary>DINO against its authors' classes, and what the mathematics demands.</summary>
public sealed class DinoTests : TensorTest
{
    private static readonly DinoOptions s_options = new(Outputs: 12, BottleneckFeatures: 8, HiddenFeatures: 8, TeacherMomentum: 0.5);

    [Theory]
    [InlineData("fixed", DType.Float64), InlineData("learned", DType.Float64), InlineData("fixed", DType.Float32),
        InlineData("learned", DType.Float32)]
    public void Four_steps_match_the_original(string lengths, DType precision)
    {
        JsonElement golden = Golden.Open("dino"), run = golden.GetProperty(lengths);
        bool isLearned = lengths == "learned";
        using DinoMethod dino = new(() => EncoderRegistry.Create(new EncoderOptions("resnet18-small")), new DinoOptions(
            golden.Whole("outputs"), golden.Whole("dim"), golden.Whole("hidden"), LearnedLengths: isLearned,
            FirstTeacherTemperature: golden.Number("firstTemperature"), TeacherTemperature: golden.Number("lastTemperature"),
            TeacherWarmUpEpochs: golden.Whole("warmUp"), TeacherMomentum: golden.Number("teacherMomentum"),
            FrozenEpochs: golden.Whole("frozen")));
        Dictionary<string, Tensor> ones = dino.Parameters().Where(static p => p.Name.EndsWith("lengths", StringComparison.Ordinal))
            .ToDictionary(static p => p.Name, static p => p.Value.Detach().Clone());
        GoldenSteps.Fill(dino, golden.Number("gain"), name => ones.ContainsKey(name) ? "bias" : Reference(name));
        foreach ((string name, Tensor value) in ones) GoldenSteps.Set(dino, name, value);
        dino.ConvertTo(precision);
        using Optimizer sgd = new Sgd(ParameterGroup.Of(dino.Parameters(), golden.Number("weightDecay"), decayNormsAndBiases: false),
            golden.Number("momentum"));
        GoldenSteps.Run(dino, sgd, golden.Number("lr"), run, step => GoldenSteps.Crops(golden, step, 2, 2, precision), precision,
            epochs: golden.Whole("epochs"));
        foreach (string network in new[] { "student", "teacher" })
            GoldenSteps.CheckNorms(dino, run, name => name.StartsWith(network, StringComparison.Ordinal) ? Reference(name) : name,
                precision, network);
        GoldenSteps.CheckSummary(run.GetProperty("center"), run.GetProperty("spread").GetProperty("center"),
            dino.State().Single(static item => item.Name == "center").Value, precision);
    }

    [Fact]
    public void The_teacher_begins_as_the_student_and_has_no_gradient()
    {
        using DinoMethod dino = Dino(s_options);
        Dictionary<string, Tensor> all = dino.Parameters().ToDictionary(static p => p.Name, static p => p.Value);
        dino.Step(Crops()).Loss.Backward();
        foreach ((string name, Tensor value) in all.Where(static p => p.Key.StartsWith("teacher", StringComparison.Ordinal)))
        {
            Assert.True(value.SameAs(all[name.Replace("teacher", "student", StringComparison.Ordinal)]), name);
            Assert.False(value.RequiresGrad);
        }
    }

    [Fact]
    public void The_teacher_is_handed_out_and_an_encoder_that_is_brought_becomes_the_students_too()
    {
        using DinoMethod dino = Dino(s_options);
        using Encoder brought = EncoderRegistry.Create(Tiny.EncoderOptions);
        using (GradMode.Off())
            foreach ((_, Tensor value) in brought.Parameters()) value.NormalInPlace(0, 0.1);
        dino.Encoder.Load(brought.State().ToDictionary(static item => item.Name, static item => item.Value));
        dino.EncoderReplaced();
        Dictionary<string, Tensor> all = dino.Parameters().ToDictionary(static p => p.Name, static p => p.Value);
        Assert.All(brought.Parameters(), item =>
        {
            Assert.True(item.Value.SameAs(all[$"teacher.encoder.{item.Name}"].Detach()), item.Name);
            Assert.True(item.Value.SameAs(all[$"student.encoder.{item.Name}"].Detach()), item.Name);
        });
        Assert.All(dino.Encoder.Parameters(), static item => Assert.False(item.Value.RequiresGrad));
    }

    [Fact]
    public void The_last_layer_stands_still_in_the_first_epoch_whatever_the_optimizer_does()
    {
        using DinoMethod dino = Dino(s_options with { LearnedLengths = true });
        using Optimizer adam = new Adam(ParameterGroup.Of(dino.Parameters(), weightDecay: 0.1, decayNormsAndBiases: true));
        Tensor[] last = [.. dino.Parameters().Where(static p => p.Name is "student.head.weight" or "student.head.lengths")
            .Select(static p => p.Value)];
        Tensor[] before = [.. last.Select(static value => value.Clone())];
        Update(dino, adam, new TrainingClock(0, 1, 1, 4));
        Assert.All(last.Zip(before), static pair => Assert.True(pair.First.SameAs(pair.Second)));
        Update(dino, adam, new TrainingClock(1, 2, 1, 4));
        Assert.All(last.Zip(before), static pair => Assert.False(pair.First.SameAs(pair.Second)));
    }

    [Fact]
    public void The_teachers_temperature_rises_by_equal_steps_and_its_momentum_by_half_a_cosine()
    {
        DinoOptions options = new(FirstTeacherTemperature: 0.04, TeacherTemperature: 0.07, TeacherWarmUpEpochs: 4, TeacherMomentum: 0.9);
        Assert.All(new[] { 0.04, 0.05, 0.06, 0.07, 0.07 }.Index(),
            item => Assert.Equal(item.Item, options.TeacherTemperatureAt(item.Index), tolerance: 1e-12));
        Assert.Equal(0.04, new DinoOptions().TeacherTemperatureAt(0));
        Assert.Equal(0.9, options.TeacherMomentumAt(new TrainingClock(0, 1, 10, 4)), tolerance: 1e-12);
        Assert.Equal(0.95, options.TeacherMomentumAt(new TrainingClock(2, 21, 10, 4)), tolerance: 1e-12);
        Assert.InRange(options.TeacherMomentumAt(new TrainingClock(3, 40, 10, 4)), 0.999, 1);
    }

    [Fact]
    public void A_head_that_tells_nothing_apart_is_at_chance()
    {
        using DinoMethod dino = Dino(s_options);
        using (GradMode.Off())
            foreach ((_, Tensor value) in dino.Parameters().Where(static p => p.Name.Contains("head.layers", StringComparison.Ordinal)))
                value.ZeroInPlace();
        Assert.Equal(Math.Log(12), dino.Step(Crops()).Loss.ToDouble(), tolerance: 1e-5);
        Assert.Equal(Math.Log(12), dino.ChanceLoss!.Value, tolerance: 1e-12);
    }

    private static Batch Crops() => Tiny.Batch(views: 4);

    private static DinoMethod Dino(DinoOptions options) => new(() => EncoderRegistry.Create(Tiny.EncoderOptions), options);

    private static void Update(DinoMethod dino, Optimizer optimizer, TrainingClock clock)
    {
        dino.Clock = clock;
        DinoStep step = dino.Step(Crops());
        step.Loss.Backward();
        dino.AfterBackward(step);
        optimizer.Update(0.01);
        dino.AfterUpdate(clock);
    }

    private static string Reference(string name) => name.Replace("student.", "", StringComparison.Ordinal)
        .Replace("teacher.", "", StringComparison.Ordinal).Replace("head.layers.", "head.", StringComparison.Ordinal)
        .Replace("head.weight", "head.last.weight", StringComparison.Ordinal);
}

using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.BarlowTwins;
using MocoSharp.Methods.Byol;
using MocoSharp.Methods.DenseCl;
using MocoSharp.Methods.MoCoV3;
using MocoSharp.Methods.SimClr;
using MocoSharp.Methods.SimSiam;
using MocoSharp.Methods.SupCon;
using MocoSharp.Methods.VicReg;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Tests.Methods;

/// <summary>Training steps of the methods that compare two views of a batch, against their code, restated.</summary>
public sealed class TwoViewGoldenTests : TensorTest
{
    private static readonly JsonElement s_golden = Golden.Open("two-views");
    private static readonly int s_dim = s_golden.Whole("dim"), s_hidden = s_golden.Whole("hidden"),
        s_predictor = s_golden.Whole("predictor"), s_queue = s_golden.Whole("queue");
    private static readonly double s_temperature = s_golden.Number("temperature"), s_momentum = s_golden.Number("keyMomentum");

    private static readonly Dictionary<string, MethodOptions> s_methods = new()
    {
        ["simclr"] = new SimClrOptions(s_dim, s_hidden, Temperature: s_temperature),
        ["simclr-normed"] = new SimClrOptions(s_dim, s_hidden, HiddenLayers: 2, HeadNorm: true, s_temperature),
        ["supcon"] = new SupConOptions(s_dim, s_hidden, s_temperature),
        ["simsiam"] = new SimSiamOptions(s_dim, s_hidden, PredictorFeatures: s_predictor),
        ["byol"] = new ByolOptions(s_dim, s_hidden, s_predictor, s_momentum),
        ["vicreg"] = new VicRegOptions(s_dim, s_hidden),
        ["barlow-twins"] = new BarlowTwinsOptions(s_dim, s_hidden),
        ["moco-v3"] = new MoCoV3Options(s_dim, s_hidden, PredictorFeatures: s_predictor, Temperature: s_temperature,
            KeyMomentum: s_momentum),
        ["densecl"] = new DenseClOptions(s_queue, s_dim, s_hidden, s_temperature, s_momentum, DenseFrom: 0),
    };

    public static TheoryData<string, DType> Cases
    {
        get
        {
            TheoryData<string, DType> cases = [];
            foreach (string name in s_methods.Keys)
            {
                cases.Add(name, DType.Float64);
                cases.Add(name, DType.Float32);
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Two_steps_match_the_reference(string name, DType precision)
    {
        (int count, int side) = (s_golden.Whole("batch"), s_golden.Whole("side"));
        int[] labels = [.. s_golden.GetProperty("labels").EnumerateArray().Select(static label => label.GetInt32())];
        using Method method = MethodRegistry.Create(new MethodParts(new EncoderOptions("resnet18-small"), 100, count), s_methods[name]);
        GoldenSteps.Fill(method, s_golden.Number("gain"), Filled);
        method.ConvertTo(precision);
        if (name == "densecl")
            foreach (string queue in new[] { "queue", "dense_queue" })
                GoldenSteps.Set(method, $"{queue}.keys", Fill.Directions(queue, s_queue, s_dim));
        using Optimizer sgd = new Sgd(ParameterGroup.Of(method.Parameters(), s_golden.Number("weightDecay"), decayNormsAndBiases: true),
            s_golden.Number("momentum"));
        Batch Pair(int index) => new([GoldenSteps.Pictures($"step{index}.a", count, 3, side, precision),
            GoldenSteps.Pictures($"step{index}.b", count, 3, side, precision)], [.. Enumerable.Range(0, count)], labels, 0, index);
        JsonElement run = s_golden.GetProperty(name);
        GoldenSteps.Run(method, sgd, s_golden.Number("lr"), run, Pair, precision, epochs: s_golden.Whole("steps"));
        GoldenSteps.CheckNorms(method, run, Reference, precision);
    }

    /// <summary>The reference's name; that of what follows begins with <c>target.</c></summary>
    private static string Reference(string name)
    {
        string[] parts = name.Split('.', 2);
        return parts[0] is "network" or "online" or "query" ? parts[1] : parts[0] == "key" ? $"target.{parts[1]}" : name;
    }

    /// <summary>Both networks begin with the same weights.</summary>
    private static string Filled(string name) => Reference(name).Replace("target.", "", StringComparison.Ordinal);
}

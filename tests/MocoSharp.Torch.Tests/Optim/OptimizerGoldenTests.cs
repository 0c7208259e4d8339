using System.Text.Json;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Torch.Tests.Optim;

/// <summary>Ten updates of each optimizer against torch.optim's and the official LARS's.</summary>
public sealed class OptimizerGoldenTests : TensorTest
{
    private const double Relative = 1e-5;
    private static readonly JsonElement s_golden = Golden.Open("optim");

    public static TheoryData<string> Runs =>
        [.. s_golden.GetProperty("runs").EnumerateArray().Select(static entry => entry.GetProperty("name").GetString()!)];

    [Theory, MemberData(nameof(Runs))]
    public void Ten_updates_are_those_of_the_reference(string name)
    {
        JsonElement run = s_golden.GetProperty("runs").Named(name);
        List<(string Name, Tensor Value)> parameters = [];
        foreach (JsonProperty shape in s_golden.GetProperty("shapes").EnumerateObject())
        {
            Tensor value = Fill.Uniform($"optim.{shape.Name}", 1, shape.Value.Longs());
            value.RequiresGrad = true;
            parameters.Add((shape.Name, value));
        }
        using Optimizer optimizer = Make(run, parameters);
        int step = 0;
        foreach (JsonElement rate in run.GetProperty("rates").EnumerateArray())
        {
            foreach ((string parameter, Tensor value) in parameters)
                (value * Fill.Uniform($"grad.step{step}.{parameter}", 1, value.Shape)).Sum().Backward();
            optimizer.Update(rate.GetDouble());
            if (step++ == 0) Check(run.GetProperty("afterFirstStep"), parameters);
        }
        Check(run.GetProperty("final"), parameters);
        Assert.Equal(10, optimizer.Updates);
    }

    private static Optimizer Make(JsonElement run, List<(string Name, Tensor Value)> parameters)
    {
        JsonElement options = run.GetProperty("options");
        IReadOnlyList<ParameterGroup> groups = ParameterGroup.Of(parameters, options.Number("weight_decay"), decayNormsAndBiases: true);
        double Beta(int index) => options.GetProperty("betas")[index].GetDouble();
        return run.GetProperty("optimizer").GetString() switch
        {
            "SGD" => new Sgd(groups, options.Number("momentum"), options.GetProperty("nesterov").GetBoolean()),
            "Adam" => new Adam(groups, Beta(0), Beta(1), options.Number("eps")),
            "AdamW" => new AdamW(groups, Beta(0), Beta(1), options.Number("eps")),
            "LARS" => new Lars(groups, options.Number("momentum"), options.Number("trust_coefficient")),
            string other => throw new ArgumentException($"no optimizer stands for {other}", nameof(run)),
            null => throw new ArgumentException("a run without optimizer", nameof(run)),
        };
    }

    private static void Check(JsonElement golden, List<(string Name, Tensor Value)> parameters)
    {
        foreach ((string name, Tensor value) in parameters) Tolerance.Close(golden.GetProperty(name).Floats(), value, Relative);
    }
}

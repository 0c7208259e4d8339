using MocoSharp.Runs;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Cli.Tests;

public sealed class DistilCommandTests : Workbench
{
    private static readonly string[] s_small =
    [
        "--set", "views.0.steps.0.randomResizedCrop.size=16", "--set", "encoder.width=0.125", "--threads", "1",
    ];

    private static readonly string[] s_short = ["--epochs", "2"];

    [Theory, InlineData("seed"), InlineData("compress"), InlineData("feature-regression")]
    public void A_student_learns_from_a_run_goes_on_to_the_same_bits_and_passes_tests(string method)
    {
        Train("teacher").Succeeded();
        Distil("whole", At("teacher"), "--by", method).Succeeded();
        Distil("part", At("teacher"), "--by", method, "--stop-after", "1").Succeeded();
        Directory.Delete(At("teacher"), recursive: true);           // what it said is with the run
        Directory.Move(At("part"), At("moved"));
        Tool.Run("resume", At("moved"), "--threads", "1").Succeeded();
        Assert.Equal(NewestWeights("whole"), NewestWeights("moved"));
        Tool.Run("eval", "knn", At("whole")).Succeeded();
        Tool.Run("export", At("whole"), "--to", "onnx", "-o", At("student.onnx")).Succeeded();
    }

    [Fact]
    public void A_teacher_as_ONNX_says_what_the_encoder_itself_says()
    {
        Train("teacher").Succeeded();
        Tool.Run("export", At("teacher"), "--to", "onnx", "-o", At("teacher.onnx")).Succeeded();
        Distil("own", At("teacher")).Succeeded();
        Distil("onnx", $"onnx:{At("teacher.onnx")}").Succeeded();
        Distil("file", At("teacher", "encoder.safetensors")).Succeeded();
        float[] own = Taught("own");
        float largest = own.Max(Math.Abs);
        // one computes in bf16 where the processor has it
        foreach (string other in new[] { "onnx", "file" })
            Assert.True(own.Zip(Taught(other)).All(pair => Math.Abs(pair.First - pair.Second) < 0.05f * largest), other);
    }

    [Fact]
    public void Soft_labels_of_a_fine_tuned_teacher_give_the_student_a_classifier()
    {
        Train("teacher").Succeeded();
        Tool.Run("eval", "finetune", At("teacher"), "--labels", "8-per-class", "--save-head", "few", "--epochs", "30", "--rate", "0.05")
            .Succeeded();
        Distil("student", At("teacher"), "--head", "few", "--epochs", "20", "--from", At("teacher")).Succeeded();
        string recipe = File.ReadAllText(At("student", "recipe.yaml"));
        Assert.Contains("name: soft-labels", recipe, StringComparison.Ordinal);
        Assert.Contains("teacherFeatures: 3", recipe, StringComparison.Ordinal);
        Tool.Run("classify", At("student"), "--data", Path.Combine(Pictures(), "test"), "--head", "student", "-o", At("out.csv"))
            .Succeeded();
        string[][] rows = [.. File.ReadAllLines(At("out.csv")).Skip(1).Select(static line => line.Split(','))];
        Assert.Equal(3 * TestPerClass, rows.Length);
        int right = rows.Count(static row => row[0].StartsWith(row[3] + "/", StringComparison.Ordinal));
        Assert.True(right > rows.Length / 2, $"{right} of {rows.Length}");
    }

    [Fact]
    public void What_cannot_be_a_teacher_is_told_with_a_way_out()
    {
        Train("teacher").Succeeded();
        File.WriteAllText(At("text.onnx"), "no model");
        void Refused(int code, string told, params string[] arguments)
        {
            Tool tool = Distil("student", arguments[0], arguments[1..]);
            Assert.Equal(code, tool.Code);
            Assert.Contains(told, tool.Flat, StringComparison.Ordinal);
            Assert.Contains("fix: ", tool.Flat, StringComparison.Ordinal);
            Assert.False(Directory.Exists(At("student")), "something was begun");
        }
        Refused(ExitCode.Failed, "there is no teacher", At("nothing"));
        Refused(ExitCode.Failed, "ONNX Runtime cannot open it", $"onnx:{At("text.onnx")}");
        Refused(ExitCode.Failed, "there is no such file", $"onnx:{At("none.onnx")}");
        Refused(ExitCode.Failed, "MS5006", At("teacher"), "--head", "none");
        Refused(ExitCode.Usage, "only ONNX files run one behind the other", At("teacher"), "--teacher", At("teacher"));
        Refused(ExitCode.Usage, "are for ONNX files", At("teacher"), "--teacher-size", "64");
        Refused(ExitCode.Usage, "learns from no teacher", At("teacher"), "--recipe", Recipe);
    }

    private Tool Distil(string run, string teacher, params string[] more) => Tool.Run(["distil", "--teacher", teacher, "--student",
        "resnet18-small", "--data", Pictures(), "--run", At(run), .. s_small, .. more.Contains("--epochs") ? [] : s_short, .. more]);

    private float[] Taught(string run)
    {
        using TensorScope scope = TensorScope.Begin();
        using SafetensorsFile file = Safetensors.Open(new RunFolder(At(run)).Teacher);
        return file["teacher"].ToArray<float>();
    }
}

using System.Text.Json;
using MocoSharp.Torch.Schedules;

namespace MocoSharp.Torch.Tests.Schedules;

public sealed class ScheduleTests
{
    private static readonly JsonElement s_golden = Golden.Open("schedule");

    [Fact]
    public void Steps_are_those_of_MoCo()
    {
        JsonElement golden = s_golden.GetProperty("mocoStep");
        StepSchedule schedule = new(golden.Number("lr"), [120, 160], golden.Number("factor"));
        Holds(golden.GetProperty("rates"), epoch => schedule.At(epoch));
    }

    [Fact]
    public void The_cosine_is_that_of_MoCo_constant_within_an_epoch()
    {
        JsonElement golden = s_golden.GetProperty("mocoCosine");
        Schedule schedule = new CosineSchedule(golden.Number("lr"), golden.Number("epochs")).PerEpoch();
        Holds(golden.GetProperty("rates"), epoch => schedule.At(epoch));
        Holds(golden.GetProperty("rates"), epoch => schedule.At(epoch + 389 / 390.0));
    }

    [Fact]
    public void The_demo_counts_its_epochs_from_one_and_ends_at_zero()
    {
        JsonElement golden = s_golden.GetProperty("demoCosine");
        Schedule schedule = new CosineSchedule(golden.Number("lr"), golden.Number("epochs")).PerEpoch(golden.Whole("firstEpoch"));
        Holds(golden.GetProperty("rates"), epoch => schedule.At(epoch));
        Assert.Equal(0, schedule.At(199.9), 15);
    }

    [Fact]
    public void Warm_up_and_key_momentum_are_those_of_MoCo_v3_step_by_step()
    {
        JsonElement golden = s_golden.GetProperty("mocoV3");
        double perEpoch = golden.Number("stepsPerEpoch"), epochs = golden.Number("epochs");
        CosineSchedule rate = new(golden.Number("lr"), epochs, WarmUpEpochs: golden.Number("warmupEpochs"));
        CosineSchedule momentum = new(golden.Number("keyMomentum"), epochs, End: 1);
        Holds(golden.GetProperty("rates"), step => rate.At(step / perEpoch));
        Holds(golden.GetProperty("momenta"), step => momentum.At(step / perEpoch));
    }

    [Fact]
    public void The_warm_up_meets_the_cosine_and_the_end_stays()
    {
        CosineSchedule schedule = new(Start: 1, Epochs: 10, WarmUpEpochs: 2, End: 0.1, WarmUpFrom: 0.5);
        Assert.Equal(0.5, schedule.At(0));
        Assert.Equal(0.75, schedule.At(1));
        Assert.Equal(1, schedule.At(2), 12);
        Assert.Equal(0.55, schedule.At(6), 12);
        Assert.Equal(0.1, schedule.At(10), 12);
        Assert.Equal(0.1, schedule.At(11), 12);
    }

    [Fact]
    public void A_stay_lies_between_the_rise_and_the_fall_as_in_fit_flat_cos()
    {
        CosineSchedule schedule = new(Start: 1, Epochs: 10, WarmUpEpochs: 1, End: 1e-5, FlatEpochs: 5);
        Assert.Equal(0.5, schedule.At(0.5));
        Assert.All([1, 3, 5.99], epoch => Assert.Equal(1, schedule.At(epoch), 12));
        Assert.Equal(1 + (1e-5 - 1) * (1 + Math.Cos(Math.PI * 0.75)) / 2, schedule.At(7), 12);      // a quarter of the fall
        Assert.Equal((1 + 1e-5) / 2, schedule.At(8), 12);
        Assert.Equal(1e-5, schedule.At(10), 12);
        Assert.Equal(1e-5, new CosineSchedule(Start: 1, Epochs: 10, End: 1e-5, FlatEpochs: 10).At(10.5), 12);
    }

    [Fact]
    public void A_milestone_counts_from_its_own_epoch_on()
    {
        StepSchedule schedule = new(1, [2, 4], 0.5);
        Assert.Equal([1, 1, 0.5, 0.5, 0.25], new[] { 0, 1.99, 2, 3.99, 4 }.Select(schedule.At));
    }

    [Fact]
    public void A_constant_is_constant() => Assert.Equal([3, 3], new[] { 0, 1e9 }.Select(new ConstantSchedule(3).At));

    private static void Holds(JsonElement rates, Func<int, double> at)
    {
        int index = 0;
        foreach (JsonElement rate in rates.EnumerateArray())
        {
            Tolerance.Close(rate.GetDouble(), at(index), 1e-15 + rate.GetDouble() * 1e-12, $"entry {index}");
            index++;
        }
        Assert.True(index > 0);
    }
}

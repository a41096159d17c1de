using CoreMLQuant.Planning;
using CoreMLQuant.Sensitivity;
using Xunit;

namespace CoreMLQuant.Tests.Sensitivity;

public class BoundNamesTests
{
    [Fact]
    public void For_OutputsWithAndWithoutClasses_NamesWhatTheUserCanSpecify()
    {
        OutputFidelity classes = new(5, 0.8, 4, false), numbers = new(5, null, 4, false);
        Assert.Equal("-MinimumOutputSnr or -MinimumAgreement", BoundNames.Parameters.For(classes));
        Assert.Equal("minimum_output_snr of activations in the recipe", BoundNames.Keys.For(numbers));

        // A preset is no recipe of the user's.
        Assert.Equal("-MinimumOutputSnr of ConvertTo-QuantizedModel -ActivationBitWidth 8", BoundNames.QuantizedModelParameters.For(numbers));
    }
}

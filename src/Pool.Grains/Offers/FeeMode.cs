namespace Pool.Offers;

/// <summary>How a service is paid (服务方式).</summary>
public enum FeeMode
{
    /// <summary>公益: unpaid.</summary>
    Volunteer = 1,

    /// <summary>时间银行: credits of the time bank.</summary>
    TimeCredit = 2,

    /// <summary>低偿: a low fee.</summary>
    LowFee = 3,
}

//! Letters say what a buyer needs, and nothing typed into them becomes markup.

use kernel::{CountryCode, Currency};

use super::*;

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn address() -> Address {
    Address {
        name: "Anna <b>Beispiel</b>".to_owned(),
        line1: "Hauptstr. 1".to_owned(),
        line2: Some(String::new()),
        postal_code: Some("10115".to_owned()),
        city: "Berlin".to_owned(),
        province: None,
        country: CountryCode::parse("DE").unwrap(),
        phone: None,
    }
}

fn confirmation(address: &Address, tax_on_top: bool) -> Letter {
    Confirmation {
        number: "CW-100001",
        lines: vec![
            Bought {
                title: "Green tea",
                pieces: 2,
                total: eur(1798),
            },
            Bought {
                title: "Cup & saucer",
                pieces: 1,
                total: eur(1200),
            },
        ],
        subtotal: eur(2998),
        shipping: eur(490),
        tax: eur(557),
        total: eur(if tax_on_top { 4045 } else { 3488 }),
        address,
    }
    .letter()
}

#[test]
fn a_confirmation_names_lines_sums_and_address() {
    let letter = confirmation(&address(), false);
    assert_eq!(letter.subject, "Your order CW-100001");
    assert_eq!(
        letter.text,
        "Thank you! Your order CW-100001 is confirmed.\n\n\
         2 × Green tea          17.98 EUR\n\
         1 × Cup & saucer       12.00 EUR\n\n\
         Subtotal            29.98 EUR\n\
         Shipping             4.90 EUR\n\
         Total               34.88 EUR\n\
         Tax contained        5.57 EUR\n\n\
         It goes to:\nAnna <b>Beispiel</b>\nHauptstr. 1\n10115 Berlin\nDE\n"
    );
}

#[test]
fn tax_on_top_stands_before_the_total() {
    let text = confirmation(&address(), true).text;
    let (tax, total) = (text.find("Tax ").unwrap(), text.find("Total").unwrap());
    assert!(tax < total && !text.contains("contained"));
}

#[test]
fn what_was_typed_never_becomes_markup() {
    let html = confirmation(&address(), false).html;
    assert!(html.contains("Anna &lt;b&gt;Beispiel&lt;/b&gt;<br>Hauptstr. 1"));
    assert!(html.contains("1 × Cup &amp; saucer"));
    assert_eq!(
        escape(r#"<a href="x" title='y'>&"#),
        "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;"
    );
}

#[test]
fn a_subject_is_one_line() {
    let letter = Cancelation {
        number: Some("1\r\nBcc: all@example.com"),
        reason: "staff",
        cart_is_back: false,
    }
    .letter();
    assert_eq!(letter.subject, "Your order 1 Bcc: all@example.com was canceled");
}

#[test]
fn a_cancelation_gives_the_reason_in_the_buyers_words() {
    for (reason, words) in [
        (
            "sold_out",
            "something in it sold out before we could set it aside.",
        ),
        ("payment_declined", "your bank did not approve the payment."),
        ("expired", "the payment was not completed in time."),
        ("buyer", "as you asked."),
        ("staff", "we could not fulfill it."),
        ("whatever", "we could not complete it."),
    ] {
        let letter = Cancelation {
            number: None,
            reason,
            cart_is_back: false,
        }
        .letter();
        assert!(
            letter
                .text
                .starts_with(&format!("Your order was canceled: {words}\n")),
            "{}",
            letter.text
        );
        assert!(!letter.text.contains("cart"));
    }
    let again = Cancelation {
        number: None,
        reason: "sold_out",
        cart_is_back: true,
    }
    .letter();
    assert!(again.text.contains("Your cart is as it was"));
}

#[test]
fn a_dispatch_note_names_carrier_and_tracking_number() {
    let dispatch = |tracking_number, pieces| {
        Dispatch {
            number: "CW-100001",
            carrier: "DHL",
            tracking_number,
            pieces,
        }
        .letter()
        .text
    };
    assert_eq!(
        dispatch(Some("00340"), 3),
        "Your order CW-100001 (3 pieces) is on its way with DHL. The tracking number is 00340.\n"
    );
    assert_eq!(
        dispatch(None, 1),
        "Your order CW-100001 (1 piece) is on its way with DHL.\n"
    );
}

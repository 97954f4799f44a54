"""The first lines of files that are no CSV, as their programs write them: "@ what it is", then the lines."""

FORMATS = r"""
@ drawn
+---------+-------+
| account | name  |
+---------+-------+
| 10-1    | Ana   |
| 10-2    | Lee   |
+---------+-------+
2 rows in set (0.00 sec)
@ drawn
┌─────────┬──────┐
│ account │ name │
├─────────┼──────┤
│ 10-1    │ Ana  │
│ 10-2 │ Lee  │
└─────────┴──────┘
@ one value
*************************** 1. row ***************************
account: 10-1
   name: Ana
*************************** 2. row ***************************
account: 10-2
   name: Lee
@ one value
-[ RECORD 1 ]--
account | 10-1
name    | Ana
-[ RECORD 2 ]--
account | 10-2
name    | Lee
@ drawn
ACCOUNT    NAME
---------- ----------
10-1       Ana
10-2       Lee
10-3       Bo

3 rows selected.
@ drawn
======= =====
account name
======= =====
10-1    Ana
10-2    Lee
======= =====
@ wiki
{| class="wikitable"
! Account !! Name
|-
| 10-1 || Ana
|}
@ YAML
customers:
  - account: 10-1
    name: Ana
  - account: 10-2
    name: Lee
@ YAML
- account: 10-1
  name: Ana
- account: 10-2
  name: Lee
@ YAML
# export
---
customers:
- account: 10-1
  name: x
@ YAML
%YAML 1.2
---
a: 1
@ YAML
Account: 10-1
Name: Ana

Account: 10-2
Name: Lee

Account: 10-3
Name: Bo
@ settings
[customer 1]
account=10-1
name=Ana

[customer 2]
account=10-2
name=Lee
@ settings
; exported
[export]
file = x
[10-1]
name = Ana
@ settings
account.1=10-1
name.1=Ana
account.2=10-2
@ settings
[[customer]]
account = "10-1"
name = "Ana"

[[customer]]
account = "10-2"
@ settings
account=10-1 name=Ana
account=10-2 name=Lee
account=10-3 name=Bo
@ NACHA
5225RIVERBEND WATER                     1234567890PPDWATERBILL       261201   1021000020000001
62702100002144556677         0000004500000000001045ORTIZ ANA               0021000020000001
62702100002144556678         0000004500000000001046LEE WU                  0021000020000002
@ NACHA
62702100002144556677         0000004500000000001045ORTIZ ANA               0021000020000001
@ SYLK
ID;PWXL;N;E
P;PGeneral
C;Y1;X1;K"Account"
C;Y1;X2;K"Name"
E
@ DIF
TABLE
0,1
"EXCEL"
VECTORS
0,3
""
TUPLES
0,2
""
DATA
0,0
""
-1,0
BOT
1,0
"Account"
@ calendar
BEGIN:VCALENDAR
VERSION:2.0
@ LDIF
# extended LDIF
#
# LDAPv3
dn: cn=Ana,dc=x
cn: Ana
@ LDIF
dn:: Y249QW5h
cn: x
@ log
127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.0" 200 2326
127.0.0.1 - - [10/Oct/2000:13:55:37 -0700] "GET /b HTTP/1.0" 200 232
@ log
Nov 28 19:41:33 host app[123]: imported account 10-1
Nov 28 19:41:34 host app[123]: imported account 10-2
@ log
2026-11-28 19:41:33,123 INFO importer: account 10-1, ok
2026-11-28 19:41:34,456 WARN importer: account 10-2, bad
2026-11-28 19:41:34,456 ERROR importer: account 10-2, bad
@ log
2026-11-28T19:41:33Z [info] account=10-1
2026-11-28T19:41:34Z [warn] account=10-2
@ log
[2026-11-28 19:41:33] production.INFO: Account 10-1
[2026-11-28 19:41:34] production.ERROR: Account 10-2
@ web page
<table>
<tr><td>Account</td><td>Name</td></tr>
<tr><td>1</td><td>Ana</td></tr>
</table>
@ XML
<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook/>
@ EDI
ISA*00*          *00*          *ZZ*A*ZZ*B*210101*1253*U*00401*000000905*0*P*>~GS*PO*A*B~
@ EDI
UNB+UNOA:2+S+R+210101:1253+1'
UNH+1+ORDERS:D:96A:UN'
@ EDI
MSH|^~\&|A|B|C|D|20260101||ADT^A01|1|P|2.3
PID|1||10-1
@ BAI2
02,031001234,122099999,1,040620,2359,,2/
03,0975312468,,010,500000,,/
16,475,1000,,,x/
@ bank statement
{1:F01BANKDEFFXXXX0000000000}{2:I940BANKDEFFXXXXN}{4:
:20:START
:25:1/2
@ bank statement
:20:REF
:23B:CRED
:32A:260101USD100,
@ XML
<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
@ bank statement
!Account
Nx
^
@ XML
<OFX>
<SIGNONMSGSRSV1>
@ email
Delivered-To: a@b.c
Received: by 1
Subject: x

a,b
@ uuencode
begin 644 customers.csv
M06-C;W5N="Q.86UE"C$P+3$L06YA"C$P+3$L06YA"C$P+3$L06YA"C$P+3$L
`
end
@ comparison
--- a/x.csv
+++ b/x.csv
@@ -1,3 +1,3 @@
-10-1,Ana
+10-2,Lee
@ program
#!/usr/bin/env python3
import csv
print('a,b')
@ document
\documentclass{article}
\begin{tabular}{ll}
Account & Name \\
10-1 & Ana \\
\end{tabular}
@ document
%!PS-Adobe-3.0
%%Title: x
@ SQL
USE [Billing]
GO
INSERT [dbo].[Customers] ([Acct], [Name]) VALUES (N'10-1', N'Ana')
INSERT [dbo].[Customers] ([Acct], [Name]) VALUES (N'10-2', N'Lee')
@ SQL
LOAD DATA
INFILE *
INTO TABLE customers
FIELDS TERMINATED BY ','
(account, name)
BEGINDATA
10-1,Ana
@ SQL
REM INSERTING into CUSTOMERS
SET DEFINE OFF;
Insert into CUSTOMERS (ACCT,NAME) values ('10-1','Ana');
@ JSON
[1,"Ana"]
[2,"Lee"]
@ ARFF
@RELATION customers

@ATTRIBUTE account STRING
@ATTRIBUTE name STRING

@DATA
10-1,Ana
10-2,Lee
@ web server
HTTP/1.1 200 OK
Content-Type: text/csv

Account,Name
10-1,Ana
"""
